import LinuxSystem

/// The caller's place in a trace, as the request's field `traceparent` tells it.
///
/// - Source: W3C Trace Context, section 3.2: `version "-" trace-id "-" parent-id "-" trace-flags`.
package struct TraceParent: Equatable, Sendable {
    package let trace: TraceIdentity
    package let span: SpanIdentity
    /// Whether the caller has recorded its part, and so wants ours.
    package let isSampled: Bool

    /// Reads the value of the field; nil if it is not well-formed, in which case it counts as absent.
    ///
    /// A version that is higher than ours is read as far as ours goes.
    package init?(_ value: Span<UInt8>) {
        let length = 55
        guard value.count >= length, let version = Self.number(value, 0..<2), version != 0xFF else { return nil }
        if version == 0, value.count != length { return nil }
        if value.count > length, value[length] != UInt8(ascii: "-") { return nil }
        for position in [2, 35, 52] where value[position] != UInt8(ascii: "-") { return nil }
        guard let high = Self.number(value, 3..<19), let low = Self.number(value, 19..<35),
            let span = Self.number(value, 36..<52), let flags = Self.number(value, 53..<55),
            let trace = TraceIdentity(high: high, low: low), let span = SpanIdentity(span)
        else { return nil }
        self.trace = trace
        self.span = span
        isSampled = flags & 1 != 0
    }

    /// A number of at most sixteen hexadecimal digits, all in lower case.
    private static func number(_ value: Span<UInt8>, _ range: Range<Int>) -> UInt64? {
        var number: UInt64 = 0
        for index in range {
            let digit: UInt8
            switch value[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = value[index] - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = value[index] - UInt8(ascii: "a") + 10
            default: return nil
            }
            number = number << 4 | UInt64(digit)
        }
        return number
    }
}
