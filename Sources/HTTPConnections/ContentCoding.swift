/// How the bytes of a body are compressed.
///
/// - Source: RFC 9110 section 8.4.1; `deflate` means the zlib wrapper of RFC 1950.
package enum ContentCoding: UInt8, Sendable {
    case identity
    case gzip
    case deflate
    /// Named by a client and not known here: the request is answered 501.
    case unsupported

    /// Recognises a coding by its name in lower case, as Triton does.
    init?(named name: Span<UInt8>) {
        if name.count > 8 { return nil }
        switch ByteWord(short: name) {
        case ByteWord("g", "z", "i", "p"): self = .gzip
        case ByteWord("d", "e", "f", "l", "a", "t", "e"): self = .deflate
        case ByteWord("i", "d", "e", "n", "t", "i", "t", "y"): self = .identity
        default: return nil
        }
    }

    /// Its name in a field.
    var name: StaticString {
        switch self {
        case .identity: "identity"
        case .gzip: "gzip"
        case .deflate: "deflate"
        case .unsupported: preconditionFailure("an answer is never in an unknown coding")
        }
    }
}
