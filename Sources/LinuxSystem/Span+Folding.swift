extension Span where Element == UInt8 {
    /// Whether the bytes are those of a word in small letters, whatever the case of theirs.
    package func equalsFolded(_ word: StaticString) -> Bool {
        guard count == word.utf8CodeUnitCount else { return false }
        // A static string lives as long as the process and has as many bytes as it says.
        let expected = unsafe UnsafeBufferPointer(start: word.utf8Start, count: count)
        for index in indices {
            let byte = self[index]
            let folded = byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
            if unsafe folded != expected[index] { return false }
        }
        return true
    }
}
