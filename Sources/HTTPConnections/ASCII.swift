/// Classes and foldings of single bytes that HTTP/1.1 is made of.
enum ASCII {
    static let carriageReturn = UInt8(ascii: "\r")
    static let lineFeed = UInt8(ascii: "\n")
    static let space = UInt8(ascii: " ")
    static let tab = UInt8(ascii: "\t")
    static let colon = UInt8(ascii: ":")

    static func lowercased(_ byte: UInt8) -> UInt8 {
        byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
    }

    static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    /// Whether bytes equal a lower-case word, whatever their case.
    static func folded(_ bytes: Span<UInt8>, equals word: [UInt8]) -> Bool {
        if bytes.count != word.count { return false }
        for index in bytes.indices where lowercased(bytes[index]) != word[index] { return false }
        return true
    }
}
