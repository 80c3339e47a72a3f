import CFastFloat

/// Reads JSON numbers: the grammar is checked here, the conversion is correctly rounded.
///
/// The functions that take a range expect one that `JSONCursor` reported, so that the grammar holds.
package enum JSONNumber {
    /// Checks a number's grammar.
    ///
    /// - Parameter start: position of the minus sign or the first digit.
    /// - Returns: the position behind the number's last byte.
    /// - Source: RFC 8259 section 6.
    static func scan(_ bytes: Span<UInt8>, from start: Int) throws(JSONFault) -> Int {
        var index = start
        if index < bytes.count && bytes[index] == UInt8(ascii: "-") { index &+= 1 }
        if index < bytes.count && bytes[index] == UInt8(ascii: "0") {
            index &+= 1
            if index < bytes.count && isDigit(bytes[index]) { throw JSONFault(at: index, .badNumber) }
        } else {
            index = try scanDigits(bytes, from: index)
        }
        if index < bytes.count && bytes[index] == UInt8(ascii: ".") {
            index = try scanDigits(bytes, from: index &+ 1)
        }
        if index < bytes.count && bytes[index] | 0x20 == UInt8(ascii: "e") {
            index &+= 1
            if index < bytes.count && (bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-")) {
                index &+= 1
            }
            index = try scanDigits(bytes, from: index)
        }
        return index
    }

    /// The nearest float, ties to even; beyond the range an infinity.
    package static func float(in bytes: Span<UInt8>, _ range: Range<Int>) -> Float {
        var value: Float = 0
        let read = unsafe bytes.extracting(range).withUnsafeBytes { text in
            // The bytes are borrowed for the call, and the callee reads no further than `count`.
            unsafe rowan_parse_float(text.baseAddress, text.count, &value)
        }
        precondition(read == range.count, "a range that is no JSON number was converted")
        return value
    }

    /// The nearest double, ties to even; beyond the range an infinity.
    package static func double(in bytes: Span<UInt8>, _ range: Range<Int>) -> Double {
        var value: Double = 0
        let read = unsafe bytes.extracting(range).withUnsafeBytes { text in
            // The bytes are borrowed for the call, and the callee reads no further than `count`.
            unsafe rowan_parse_double(text.baseAddress, text.count, &value)
        }
        precondition(read == range.count, "a range that is no JSON number was converted")
        return value
    }

    /// The exact value of a number that is written as an integer: no fraction, no exponent.
    ///
    /// - Throws: `notAnInteger` or `integerOutOfRange` at the number's first byte.
    package static func int64(in bytes: Span<UInt8>, _ range: Range<Int>) throws(JSONFault) -> Int64 {
        let isNegative = bytes[range.lowerBound] == UInt8(ascii: "-")
        let magnitude = try magnitude(in: bytes, range, from: range.lowerBound &+ (isNegative ? 1 : 0))
        if isNegative {
            guard magnitude <= Int64.min.magnitude else { throw JSONFault(at: range.lowerBound, .integerOutOfRange) }
            return Int64(truncatingIfNeeded: 0 &- magnitude)
        }
        guard let value = Int64(exactly: magnitude) else { throw JSONFault(at: range.lowerBound, .integerOutOfRange) }
        return value
    }

    /// The exact value of a number that is written as an integer and is not negative; -0 is 0.
    ///
    /// - Throws: `notAnInteger` or `integerOutOfRange` at the number's first byte.
    package static func uint64(in bytes: Span<UInt8>, _ range: Range<Int>) throws(JSONFault) -> UInt64 {
        let isNegative = bytes[range.lowerBound] == UInt8(ascii: "-")
        let magnitude = try magnitude(in: bytes, range, from: range.lowerBound &+ (isNegative ? 1 : 0))
        guard !isNegative || magnitude == 0 else { throw JSONFault(at: range.lowerBound, .integerOutOfRange) }
        return magnitude
    }

    static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    private static func scanDigits(_ bytes: Span<UInt8>, from start: Int) throws(JSONFault) -> Int {
        var index = start
        while index < bytes.count && isDigit(bytes[index]) { index &+= 1 }
        guard index > start else {
            throw JSONFault(at: index, index < bytes.count ? .badNumber : .endedEarly)
        }
        return index
    }

    private static func magnitude(
        in bytes: Span<UInt8>, _ range: Range<Int>, from start: Int
    ) throws(JSONFault) -> UInt64 {
        var value: UInt64 = 0
        var overflows = false
        for index in start..<range.upperBound {
            guard isDigit(bytes[index]) else { throw JSONFault(at: range.lowerBound, .notAnInteger) }
            let (product, productOverflows) = value.multipliedReportingOverflow(by: 10)
            let (sum, sumOverflows) = product.addingReportingOverflow(UInt64(bytes[index] &- UInt8(ascii: "0")))
            overflows = overflows || productOverflows || sumOverflows
            value = sum
        }
        guard !overflows else { throw JSONFault(at: range.lowerBound, .integerOutOfRange) }
        return value
    }
}
