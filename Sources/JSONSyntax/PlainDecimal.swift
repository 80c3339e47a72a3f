import CFastFloat

/// A JSON number taken apart in one pass: ±significand × 10^exponent.
///
/// Digits are found and converted eight at a time in an integer register. Only numbers whose significand fits 64 bits
/// are recognised; all others, and everything that is no number, are left to `JSONCursor` and `JSONNumber`.
struct PlainDecimal {
    var significand: UInt64 = 0
    /// Power of ten.
    var exponent = 0
    var isNegative = false
    /// Whether neither a fraction nor an exponent was written.
    var isInteger = true

    /// Reads a number.
    ///
    /// - Parameter start: where the number should begin.
    /// - Returns: the position behind it, -1 if there is none that this type can hold.
    /// - Source: RFC 8259 section 6.
    @inline(never)
    mutating func read(_ bytes: Span<UInt8>, from start: Int) -> Int {
        var position = start
        guard position < bytes.count else { return -1 }
        if bytes[position] == UInt8(ascii: "-") {
            isNegative = true
            position &+= 1
        }
        var chunk = DigitChunk(bytes, at: position)
        guard chunk.count > 0 && (chunk.count == 1 || !chunk.startsWithZero) else { return -1 }
        var overflows = false
        position &+= readDigits(bytes, &chunk, at: position, &overflows)
        var next: UInt8 = position < bytes.count ? bytes[position] : 0
        if next == UInt8(ascii: ".") {
            isInteger = false
            position &+= 1
            chunk = DigitChunk(bytes, at: position)
            guard chunk.count > 0 else { return -1 }
            let digits = readDigits(bytes, &chunk, at: position, &overflows)
            exponent = 0 &- digits
            position &+= digits
            next = position < bytes.count ? bytes[position] : 0
        }
        if next | 0x20 == UInt8(ascii: "e") {
            position = readExponent(bytes, from: position &+ 1)
        }
        return overflows ? -1 : position
    }

    /// Adds a run of digits to the significand.
    ///
    /// - Parameter chunk: the bytes at `start`.
    /// - Returns: the number of digits.
    @inline(__always)
    private mutating func readDigits(
        _ bytes: Span<UInt8>, _ chunk: inout DigitChunk, at start: Int, _ overflows: inout Bool
    ) -> Int {
        var position = start
        while chunk.count == 8 {
            append(chunk.value, digits: 8, &overflows)
            position &+= 8
            chunk = DigitChunk(bytes, at: position)
        }
        append(chunk.leadingValue, digits: chunk.count, &overflows)
        return position &+ chunk.count &- start
    }

    @inline(__always)
    private mutating func append(_ value: UInt64, digits: Int, _ overflows: inout Bool) {
        let (product, productOverflows) = significand.multipliedReportingOverflow(
            by: rowan_integer_power_of_ten(UInt32(truncatingIfNeeded: digits)))
        let (sum, sumOverflows) = product.addingReportingOverflow(value)
        overflows = overflows || productOverflows || sumOverflows
        significand = sum
    }

    /// Reads what follows the letter of an exponent, four digits at most.
    @inline(never)
    private mutating func readExponent(_ bytes: Span<UInt8>, from start: Int) -> Int {
        isInteger = false
        var position = start
        var isDownward = false
        if position < bytes.count && (bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+")) {
            isDownward = bytes[position] == UInt8(ascii: "-")
            position &+= 1
        }
        let first = position
        var written = 0
        while position < bytes.count && JSONNumber.isDigit(bytes[position]) {
            guard position &- first < 4 else { return -1 }
            written = written &* 10 &+ Int(bytes[position] &- UInt8(ascii: "0"))
            position &+= 1
        }
        guard position > first else { return -1 }
        exponent &+= isDownward ? 0 &- written : written
        return position
    }
}
