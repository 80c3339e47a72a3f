/// Bytes as pairs of digits 0 to 9 and a to f; there is one spelling.
enum Hexadecimal {
    static func text(of bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// Reads as many bytes as there is room for.
    ///
    /// - Returns: false unless the text has exactly two digits for each.
    static func read(_ text: Span<UInt8>, into bytes: inout MutableSpan<UInt8>) -> Bool {
        guard text.count == 2 * bytes.count else { return false }
        for index in bytes.indices {
            guard let high = value(of: text[2 * index]), let low = value(of: text[2 * index + 1]) else { return false }
            bytes[index] = high << 4 | low
        }
        return true
    }

    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
