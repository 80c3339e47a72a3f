import CFastFloat

/// Reads usual numbers one behind the other, each behind its separator and at most one space.
struct NumberRun {
    /// Position behind what was read.
    var end: Int
    /// What must stand in front of the next number.
    var separator: UInt8
    /// Index of the next element to write.
    var index: Int

    /// How many bytes must follow `end`: separator, space, sign and the number.
    static let readableByteCount = 3 + ShortDecimal.readableByteCount

    /// Goes on until there is another kind of number, the elements are all written, or too few bytes are left.
    @inline(never)
    mutating func read(_ bytes: Span<UInt8>, into values: inout MutableSpan<Float>, stride: Int) {
        var end = end
        var index = index
        var separator = separator
        let lastEnd = bytes.count &- NumberRun.readableByteCount
        while index < values.count && end <= lastEnd {
            guard bytes[end] == separator else { break }
            var start = end &+ 1
            var isNegative = false
            if bytes[start] < UInt8(ascii: "0") {
                if bytes[start] == 0x20 { start &+= 1 }
                isNegative = bytes[start] == UInt8(ascii: "-")
                start &+= isNegative ? 1 : 0
            }
            let magnitude: Double
            if let decimal = EightDigitDecimal(bytes, from: start) {
                magnitude = NumberRun.quotient(decimal.significand, decimal.fractionDigits)
                end = decimal.end
            } else {
                guard let decimal = ShortDecimal(bytes, from: start) else { break }
                magnitude = NumberRun.quotient(decimal.significand, decimal.fractionDigits)
                guard JSONNumberArray.isFarFromMidpoint(magnitude) else { break }
                end = decimal.end
            }
            values[index] = Float(isNegative ? -magnitude : magnitude)
            index &+= stride
            separator = UInt8(ascii: ",")
        }
        self.end = end
        self.index = index
        self.separator = separator
    }

    @inline(__always)
    private static func quotient(_ significand: UInt64, _ fractionDigits: Int) -> Double {
        Double(Int64(truncatingIfNeeded: significand))
            / rowan_double_power_of_ten(UInt32(truncatingIfNeeded: fractionDigits))
    }
}
