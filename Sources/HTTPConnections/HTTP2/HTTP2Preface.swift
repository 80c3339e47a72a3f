import LinuxSystem

/// Whether a client's first bytes are those by which HTTP/2 begins.
///
/// No server of HTTP/1.1 takes them for a request: the method is reserved and the version is not 1.
///
/// - Source: RFC 9113 section 3.4.
enum HTTP2Preface: Equatable {
    case whole
    /// So far they are.
    case incomplete
    case absent

    static let text: StaticString = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
    /// Bytes that are alike only in a preface: other methods begin by the same letter.
    private static let telltaleByteCount = 4

    /// Looks at a client's first bytes.
    init(beginning bytes: Span<UInt8>) {
        let whole = Self.text.utf8CodeUnitCount
        if bytes.count >= whole {
            self = bytes.matches(0..<whole, Self.text) ? .whole : .absent
        } else {
            self = bytes.count >= Self.telltaleByteCount && bytes.begins(Self.text) ? .incomplete : .absent
        }
    }
}
