/// Walks over the digits of a JSON number from its first digit that is not zero.
struct DecimalDigits {
    /// Position of the next byte of the significand, a digit or the point.
    private var position: Int
    /// Position behind the significand.
    private let end: Int
    /// Power of ten of the first digit.
    let exponentOfFirstDigit: Int

    /// Stands before the digits of a number that satisfies the grammar.
    init(in bytes: Span<UInt8>, _ range: Range<Int>) {
        var end = range.upperBound
        var point = -1
        var first = -1
        for index in range {
            let byte = bytes[index]
            if byte | 0x20 == UInt8(ascii: "e") {
                end = index
                break
            }
            if byte == UInt8(ascii: ".") { point = index }
            if first < 0 && JSONNumber.isDigit(byte) && byte != UInt8(ascii: "0") { first = index }
        }
        if point < 0 { point = end }
        if first < 0 { first = end }
        let written = DecimalDigits.exponent(bytes, range, from: end &+ 1)
        position = first
        self.end = end
        exponentOfFirstDigit = written &+ (first < point ? point &- 1 &- first : point &- first)
    }

    /// The next digit, nil behind the last one that was written.
    mutating func next(in bytes: Span<UInt8>) -> UInt8? {
        if position < end && bytes[position] == UInt8(ascii: ".") { position &+= 1 }
        guard position < end else { return nil }
        position &+= 1
        return bytes[position &- 1] &- UInt8(ascii: "0")
    }

    private static func exponent(_ bytes: Span<UInt8>, _ range: Range<Int>, from start: Int) -> Int {
        var value = 0
        for index in start..<max(start, range.upperBound) where JSONNumber.isDigit(bytes[index]) {
            // No text is long enough for a greater exponent to be evened out by its digits.
            if value < 1 << 40 { value = value &* 10 &+ Int(bytes[index] &- UInt8(ascii: "0")) }
        }
        let isDownward = start < range.upperBound && bytes[start] == UInt8(ascii: "-")
        return isDownward ? 0 &- value : value
    }
}
