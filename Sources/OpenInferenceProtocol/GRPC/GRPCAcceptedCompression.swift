import LinuxSystem

/// Which compressed messages a caller reads, as the field `grpc-accept-encoding` says it.
///
/// - Source: gRPC, *gRPC Compression*; the field is a list without weights.
package struct GRPCAcceptedCompression: Equatable, Sendable {
    package private(set) var gzip = false
    package private(set) var deflate = false

    /// Elements that are looked at: more codings than there are.
    private static let elementCountLimit = 16

    /// Reads a field's value; codings that are not known here are passed over.
    package init(_ value: Span<UInt8>) {
        var start = 0
        for _ in 0..<Self.elementCountLimit where start < value.count {
            var end = start
            while end < value.count, value[end] != UInt8(ascii: ",") { end += 1 }
            note(value.extracting(Self.stripped(start..<end, in: value)))
            start = end + 1
        }
    }

    private mutating func note(_ name: Span<UInt8>) {
        if name.matches(name.indices, "gzip") { gzip = true }
        if name.matches(name.indices, "deflate") { deflate = true }
    }

    /// A range without the blanks at its ends.
    private static func stripped(_ range: Range<Int>, in value: Span<UInt8>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, isBlank(value[start]) { start += 1 }
        while end > start, isBlank(value[end - 1]) { end -= 1 }
        return start..<end
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}
