/// Finds whole words in a line.
enum Words {
    /// Whether a line holds a word that is not part of a longer name, followed by another one if that is asked for.
    static func contains(_ line: some StringProtocol, _ word: String, followedBy next: String? = nil) -> Bool {
        let bytes = Array(line.utf8)
        let wanted = Array(word.utf8)
        guard bytes.count >= wanted.count else { return false }
        for start in 0...(bytes.count - wanted.count) where bytes[start] == wanted[0] {
            let end = start + wanted.count
            guard bytes[start..<end].elementsEqual(wanted) else { continue }
            guard start == 0 || !isNamePart(bytes[start - 1]) else { continue }
            guard end == bytes.count || !isNamePart(bytes[end]) else { continue }
            guard let next else { return true }
            let rest = bytes[end...].drop { $0 == UInt8(ascii: " ") }
            let following = rest.prefix { isNamePart($0) }
            if following.elementsEqual(next.utf8) { return true }
        }
        return false
    }

    private static func isNamePart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
            true
        default: false
        }
    }
}
