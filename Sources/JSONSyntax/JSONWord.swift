/// A word of JSON or of its common extension, its letters packed into an integer with the last one lowest.
enum JSONWord: UInt64 {
    case `true` = 0x7472_7565
    case `false` = 0x66_616c_7365
    case null = 0x6e75_6c6c
    case notANumber = 0x4e_614e
    case infinity = 0x496e_6669_6e69_7479

    /// Number of letters.
    var byteCount: Int { (71 &- rawValue.leadingZeroBitCount) / 8 }

    /// Whether the word's letters are the bytes from `offset` on; what follows them is not looked at.
    func stands(at offset: Int, in bytes: Span<UInt8>) -> Bool {
        guard bytes.count &- offset >= byteCount else { return false }
        var letters: UInt64 = 0
        for index in offset..<offset &+ byteCount { letters = letters &<< 8 | UInt64(bytes[index]) }
        return letters == rawValue
    }
}
