import LinuxSystem

/// Puts the fields of one request together as a `HTTPRequestHead`, so that handlers read every version of HTTP alike.
///
/// The library below has decompressed the fields and refused what makes a request malformed: names in upper case,
/// pseudo-fields that are repeated, unknown or late, fields about a connection, bytes that no field may have. Here is
/// what Rowan limits and what the pseudo-fields mean. `:authority` becomes the field `host`, which it stands for.
///
/// - Isolation: one per stream.
/// - Complexity: copies names and values once; allocates only if the buffer must grow.
/// - Source: RFC 9113 sections 8.2 and 8.3.
struct HTTP2RequestFields {
    private static let host: StaticString = "host"

    /// Bytes of all fields as RFC 9113 section 6.5.2 counts them.
    private(set) var byteCount = 0
    private var fault: HTTPFault?
    private var authority: Range<Int>?
    private var host: Range<Int>?

    /// Whether a limit was passed: what comes behind is not looked at.
    var isExceeded: Bool { fault == .headerTooLong || fault == .tooManyFields }

    /// Counts a field that means nothing here, such as a trailer.
    ///
    /// - Returns: whether all fields together are within the limit.
    mutating func passed(nameByteCount: Int, valueByteCount: Int) -> Bool {
        byteCount += nameByteCount + valueByteCount + HTTP2Limits.fieldOverheadByteCount
        return byteCount <= HTTPLimits.headerByteCount
    }

    /// Takes one field.
    ///
    /// - Parameter bytes: gets the field's bytes; the ranges of `head` refer to it.
    mutating func received(
        _ name: Span<UInt8>, _ value: Span<UInt8>, into head: inout HTTPRequestHead, _ bytes: inout ByteBuffer
    ) {
        if isExceeded { return }
        guard passed(nameByteCount: name.count, valueByteCount: value.count) else { return note(.headerTooLong) }
        if name.count > 0, name[0] == ASCII.colon {
            pseudoFieldReceived(name, value, into: &head, &bytes)
        } else {
            fieldReceived(name, value, into: &head, &bytes)
        }
    }

    private mutating func pseudoFieldReceived(
        _ name: Span<UInt8>, _ value: Span<UInt8>, into head: inout HTTPRequestHead, _ bytes: inout ByteBuffer
    ) {
        let range = Self.append(value, to: &bytes)
        if name.matches(0..<name.count, ":method") {
            head.methodRange = range
            head.method = HTTPMethod(token: value)
        } else if name.matches(0..<name.count, ":path") {
            if let fault = head.targetReceived(range, in: bytes.bytes) { note(fault) }
            if value.count > HTTPLimits.requestLineByteCount { note(.requestLineTooLong) }
        } else if name.matches(0..<name.count, ":authority") {
            authority = range
        }
    }

    private mutating func fieldReceived(
        _ name: Span<UInt8>, _ value: Span<UInt8>, into head: inout HTTPRequestHead, _ bytes: inout ByteBuffer
    ) {
        // The place of the field that stands for `:authority` is kept free.
        guard head.fieldCount < HTTPLimits.fieldCount - 1 else { return note(.tooManyFields) }
        var field = HTTPRequestHead.Field()
        field.place(name: Self.append(name, to: &bytes), value: Self.append(value, to: &bytes))
        if let fault = head.addField(field, in: bytes.bytes) { note(fault) }
        if name.matches(0..<name.count, Self.host) { host = field.value }
        if name.matches(0..<name.count, "content-type") { head.contentTypeReceived(value) }
    }

    /// Judges the fields together once all are known.
    ///
    /// - Returns: what is wrong with the request; its stream alone is affected.
    mutating func ended(
        bodyByteCountLimit: Int, in head: inout HTTPRequestHead, _ bytes: inout ByteBuffer
    ) -> HTTPFault? {
        if let authority, fault == nil {
            if let host {
                if !bytes.withBytes({ Self.areEqual($0.extracting(authority), $0.extracting(host)) }) {
                    note(.differingHosts)
                }
            } else {
                var field = HTTPRequestHead.Field()
                let name = bytes.count..<bytes.count + Self.host.utf8CodeUnitCount
                bytes.append(Self.host)
                field.place(name: name, value: authority)
                if let fault = head.addField(field, in: bytes.bytes) { note(fault) }
            }
        }
        if head.method == .connect { note(.connectRefused) }
        head.majorVersion = 2
        head.minorVersion = 1
        return fault ?? head.contradiction(bodyByteCountLimit: bodyByteCountLimit)
    }

    /// The first fault is told, but a limit that was passed ends everything.
    private mutating func note(_ found: HTTPFault) {
        if fault == nil || found == .headerTooLong || found == .tooManyFields { fault = found }
    }

    private static func append(_ text: Span<UInt8>, to bytes: inout ByteBuffer) -> Range<Int> {
        let start = bytes.count
        bytes.append(text)
        return start..<start + text.count
    }

    private static func areEqual(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        for index in left.indices where ASCII.lowercased(left[index]) != ASCII.lowercased(right[index]) { return false }
        return true
    }
}

extension HTTPRequestHead.Field {
    fileprivate mutating func place(name: Range<Int>, value: Range<Int>) {
        // A head is bounded by the limits, far below 32 bits.
        nameStart = UInt32(truncatingIfNeeded: name.lowerBound)
        nameEnd = UInt32(truncatingIfNeeded: name.upperBound)
        valueStart = UInt32(truncatingIfNeeded: value.lowerBound)
        valueEnd = UInt32(truncatingIfNeeded: value.upperBound)
    }
}
