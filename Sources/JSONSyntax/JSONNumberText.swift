import CFastFloat

/// Writes numbers as JSON, separated by commas.
///
/// Floating-point numbers get the shortest decimal that reads back to the same value. JSON has no NaN and no
/// infinities: NaN is written as `null`, which readers of arrays turn back into NaN, and infinities as the strings
/// "Infinity" and "-Infinity", as Protocol Buffers' JSON form has them.
///
/// - Isolation: any thread.
/// - Complexity: linear; no allocation.
package enum JSONNumberText {
    /// Most bytes that one float and its comma take.
    @inlinable
    package static var floatByteCountLimit: Int { 16 }
    /// Most bytes that one double and its comma take.
    @inlinable
    package static var doubleByteCountLimit: Int { 25 }
    /// Most bytes that one integer and its comma take.
    @inlinable
    package static var integerByteCountLimit: Int { 21 }
    /// Bytes that must be free besides, because numbers are written with some room to spare.
    @inlinable
    package static var spareByteCount: Int { 32 }

    /// Writes floats and returns the number of bytes.
    ///
    /// - Precondition: `text` has `floatByteCountLimit` bytes for each value, and `spareByteCount`.
    package static func write(_ values: Span<Float>, into text: inout MutableSpan<UInt8>) -> Int {
        precondition(text.count >= values.count * floatByteCountLimit + spareByteCount, "the space is too small")
        var end = 0
        for index in values.indices {
            if index > 0 {
                text[end] = UInt8(ascii: ",")
                end &+= 1
            }
            let value = values[index]
            // Labels and counts: whole numbers that a float holds exactly; -0 is not among them.
            if value.magnitude < 0x1p24 && value == Float(Int32(value)) && value.bitPattern != 0x8000_0000 {
                end = writeInteger(Int64(value), into: &text, at: end)
            } else if let decimal = ShortestFloat(value.magnitude) {
                text[end] = UInt8(ascii: "-")
                end = decimal.write(into: &text, at: value < 0 ? end &+ 1 : end)
            } else if value.isFinite {
                let start = end
                end &+= unsafe text.withUnsafeMutableBytes { space in
                    // More than the formatter's limit is free behind `start`: see the precondition.
                    unsafe space.baseAddress.map { Int(unsafe rowan_format_float(value, $0 + start)) } ?? 0
                }
            } else {
                end = writeNonFinite(isNaN: value.isNaN, isNegative: value < 0, into: &text, at: end)
            }
        }
        return end
    }

    /// Writes doubles and returns the number of bytes.
    ///
    /// - Precondition: `text` has `doubleByteCountLimit` bytes for each value, and `spareByteCount`.
    package static func write(_ values: Span<Double>, into text: inout MutableSpan<UInt8>) -> Int {
        precondition(text.count >= values.count * doubleByteCountLimit + spareByteCount, "the space is too small")
        var end = 0
        for index in values.indices {
            if index > 0 {
                text[end] = UInt8(ascii: ",")
                end &+= 1
            }
            let value = values[index]
            if value.isFinite {
                let start = end
                end &+= unsafe text.withUnsafeMutableBytes { space in
                    // More than the formatter's limit is free behind `start`: see the precondition.
                    unsafe space.baseAddress.map { Int(unsafe rowan_format_double(value, $0 + start)) } ?? 0
                }
            } else {
                end = writeNonFinite(isNaN: value.isNaN, isNegative: value < 0, into: &text, at: end)
            }
        }
        return end
    }

    /// Writes integers and returns the number of bytes.
    ///
    /// - Precondition: `text` has `integerByteCountLimit` bytes for each value.
    package static func write(_ values: Span<Int64>, into text: inout MutableSpan<UInt8>) -> Int {
        write(count: values.count, into: &text) { values[$0] }
    }

    /// Writes integers and returns the number of bytes.
    ///
    /// - Precondition: `text` has `integerByteCountLimit` bytes for each value.
    package static func write(_ values: Span<Int32>, into text: inout MutableSpan<UInt8>) -> Int {
        write(count: values.count, into: &text) { Int64(values[$0]) }
    }

    @inline(__always)
    private static func write(count: Int, into text: inout MutableSpan<UInt8>, _ value: (Int) -> Int64) -> Int {
        var end = 0
        for index in 0..<count {
            if index > 0 {
                text[end] = UInt8(ascii: ",")
                end &+= 1
            }
            end = writeInteger(value(index), into: &text, at: end)
        }
        return end
    }

    private static func writeInteger(_ value: Int64, into text: inout MutableSpan<UInt8>, at start: Int) -> Int {
        var end = start
        if value < 0 {
            text[end] = UInt8(ascii: "-")
            end &+= 1
        }
        var rest = value.magnitude
        if rest < 10 {
            text[end] = UInt8(truncatingIfNeeded: rest) &+ UInt8(ascii: "0")
            return end &+ 1
        }
        var bound: UInt64 = 10
        var digits = 1
        while rest >= bound && digits < 19 {
            bound = bound &* 10
            digits &+= 1
        }
        if rest >= bound { digits &+= 1 }
        end &+= digits
        var position = end
        while rest >= 10 {
            position &-= 1
            text[position] = UInt8(truncatingIfNeeded: rest % 10) &+ UInt8(ascii: "0")
            rest /= 10
        }
        text[position &- 1] = UInt8(truncatingIfNeeded: rest) &+ UInt8(ascii: "0")
        return end
    }

    private static func writeNonFinite(
        isNaN: Bool, isNegative: Bool, into text: inout MutableSpan<UInt8>, at start: Int
    ) -> Int {
        if isNaN { return writeWord("null", into: &text, at: start) }
        return writeWord(isNegative ? "\"-Infinity\"" : "\"Infinity\"", into: &text, at: start)
    }

    private static func writeWord(_ word: StaticString, into text: inout MutableSpan<UInt8>, at start: Int) -> Int {
        // A static string's bytes live as long as the process.
        let letters = unsafe Span(_unsafeStart: word.utf8Start, count: word.utf8CodeUnitCount)
        for index in letters.indices { text[start &+ index] = letters[index] }
        return start &+ letters.count
    }
}
