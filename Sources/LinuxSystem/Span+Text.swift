extension Span where Element == UInt8 {
    /// Whether the bytes of a range are those of a literal.
    ///
    /// - Precondition: the range lies within the span.
    package func matches(_ range: Range<Int>, _ text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "the range lies within the span")
        // A static string lives as long as the process and has as many bytes as it says.
        let expected = unsafe UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        var offset = 0
        for index in range {
            if unsafe self[index] != expected[offset] { return false }
            offset &+= 1
        }
        return true
    }

    /// Whether a literal that is at least as long begins with all of the bytes.
    package func begins(_ text: StaticString) -> Bool {
        guard count <= text.utf8CodeUnitCount else { return false }
        // A static string lives as long as the process and has as many bytes as it says.
        let expected = unsafe UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        for index in indices {
            if unsafe self[index] != expected[index] { return false }
        }
        return true
    }

    /// The bytes of a range as text; ill-formed UTF-8 is repaired.
    package func text(_ range: Range<Int>) -> String {
        String(decoding: range.map { self[$0] }, as: UTF8.self)
    }
}
