import JSONSyntax
import LinuxSystem

/// The lines of a LightGBM model, one after the other.
///
/// A line is a key, an equals sign and a value; values of many elements separate them by spaces. Nothing is copied:
/// lines and values are ranges of bytes, and numbers go straight into arrays.
struct LightGBMLines {
    /// One line without its end.
    struct Line {
        var key: Range<Int>
        /// Behind the equals sign; nil where the line has none.
        var value: Range<Int>?

        /// All of the line.
        var range: Range<Int> { key.lowerBound..<(value ?? key).upperBound }
    }

    /// Bytes that are looked at of a key; every known one is shorter.
    static let keyByteCount = 64
    /// Bytes that are looked at of a value that is text.
    static let textByteCount = 256

    /// Position of the next line.
    private(set) var offset = 0

    /// Reads a line, or nil at the end of the text.
    mutating func next(in bytes: Span<UInt8>) -> Line? {
        guard offset < bytes.count else { return nil }
        let start = offset
        var end = start
        var equals = -1
        while end < bytes.count && bytes[end] != UInt8(ascii: "\n") {
            if equals < 0 && bytes[end] == UInt8(ascii: "=") { equals = end }
            end &+= 1
        }
        offset = min(end + 1, bytes.count)
        if end > start && bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        guard equals >= 0 else { return Line(key: start..<end, value: nil) }
        return Line(key: start..<equals, value: equals + 1..<end)
    }
}

extension LightGBMLines.Line {
    /// Appends the numbers of the value.
    func readDoubles(in bytes: Span<UInt8>, into numbers: inout [Double]) throws(TreeEnsembleFault) {
        try forEachElement(in: bytes) { (element) throws(TreeEnsembleFault) in
            guard let number = DecimalText.double(in: bytes, element) else {
                throw TreeEnsembleFault(.expected("numbers separated by spaces"), at: element.lowerBound)
            }
            numbers.append(number)
        }
    }

    /// Appends the integers of the value.
    func readIntegers<Integer: FixedWidthInteger>(
        in bytes: Span<UInt8>, into numbers: inout [Integer]
    ) throws(TreeEnsembleFault) {
        try forEachElement(in: bytes) { (element) throws(TreeEnsembleFault) in
            guard let number = Self.integer(in: bytes, element).flatMap({ Integer(exactly: $0) }) else {
                throw TreeEnsembleFault(
                    .expected("integers between \(Integer.min) and \(Integer.max)"), at: element.lowerBound)
            }
            numbers.append(number)
        }
    }

    /// The value as one integer within bounds.
    func readInteger(in bytes: Span<UInt8>, _ bounds: ClosedRange<Int>) throws(TreeEnsembleFault) -> Int {
        guard let value, let number = Self.integer(in: bytes, value), bounds.contains(number) else {
            throw TreeEnsembleFault(
                .expected("an integer between \(bounds.lowerBound) and \(bounds.upperBound)"),
                at: (value ?? key).lowerBound)
        }
        return number
    }

    /// The value as text.
    func readText(in bytes: Span<UInt8>) throws(TreeEnsembleFault) -> String {
        guard let value else { throw TreeEnsembleFault(.expected("an equals sign"), at: key.upperBound) }
        return bytes.text(value.prefix(LightGBMLines.textByteCount))
    }

    /// The elements of the value: what stands between its spaces.
    func forEachElement(
        in bytes: Span<UInt8>, _ body: (Range<Int>) throws(TreeEnsembleFault) -> Void
    ) throws(TreeEnsembleFault) {
        guard let value else { throw TreeEnsembleFault(.expected("an equals sign"), at: key.upperBound) }
        var start = value.lowerBound
        while start < value.upperBound {
            var end = start
            while end < value.upperBound && bytes[end] != UInt8(ascii: " ") { end &+= 1 }
            if end > start { try body(start..<end) }
            start = end + 1
        }
    }

    /// An integer of up to eighteen digits.
    private static func integer(in bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        let isNegative = !range.isEmpty && bytes[range.lowerBound] == UInt8(ascii: "-")
        let digits = isNegative ? range.dropFirst() : range
        guard digits.count >= 1 && digits.count <= 18 else { return nil }
        var magnitude = 0
        for index in digits {
            let digit = bytes[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            magnitude = magnitude &* 10 &+ Int(digit)
        }
        return isNegative ? -magnitude : magnitude
    }
}
