/// Finds the end of text that stands for itself in a JSON string: printable ASCII without quotation mark and backslash.
enum PlainText {
    private static let lowBits: UInt64 = 0x0101_0101_0101_0101
    private static let highBits: UInt64 = 0x8080_8080_8080_8080

    /// The position of the first byte from `start` on that needs a closer look, or the end.
    @inline(__always)
    static func end(in bytes: Span<UInt8>, from start: Int) -> Int {
        var index = start
        while index &+ 8 <= bytes.count {
            let marks = marks(EightBytes.load(bytes, at: index))
            if marks != 0 { return index &+ marks.trailingZeroBitCount &>> 3 }
            index &+= 8
        }
        while index < bytes.count && isPlain(bytes[index]) { index &+= 1 }
        return index
    }

    /// The highest bit of each byte that needs a closer look.
    ///
    /// A subtraction may borrow from the byte above one that is found, so only the lowest mark is to be believed.
    @inline(__always)
    private static func marks(_ text: UInt64) -> UInt64 {
        let quotation = text ^ lowBits &* UInt64(UInt8(ascii: "\""))
        let backslash = text ^ lowBits &* UInt64(UInt8(ascii: "\\"))
        let found = (quotation &- lowBits) & ~quotation | (backslash &- lowBits) & ~backslash
        // What is below 0x20 borrows; what is above 0x7f has the bit already.
        let control = (text &- lowBits &* 0x20) & ~text
        return (found | control | text) & highBits
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x80 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }
}
