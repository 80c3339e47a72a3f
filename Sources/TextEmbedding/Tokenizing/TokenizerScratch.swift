/// The word at hand of a tokenizer.
///
/// - Isolation: one thread at a time.
package struct TokenizerScratch: Sendable {
    /// Bytes in front of the word: room for the signs of a piece that does not begin it.
    static let prefixByteCount = 2

    /// The word's characters, marks in the order of their classes.
    private var characters: [UInt32] = []
    /// The class of each; 0 for what is no mark.
    private var classes: [UInt8] = []
    /// The prefix's room and the word as UTF-8.
    private(set) var bytes: [UInt8] = []
    /// Of a piece, up to each of its bytes.
    var hashes: [UInt64] = []
    /// Characters before this one are not sorted any more.
    private var sortedFrom = 0

    package init() {}

    var characterCount: Int { characters.count }
    /// Bytes of the word as it was encoded.
    var byteCount: Int { bytes.count - Self.prefixByteCount }

    mutating func removeWord() {
        characters.removeAll(keepingCapacity: true)
        classes.removeAll(keepingCapacity: true)
        sortedFrom = 0
    }

    /// Adds a character; for a very long word only that it is too long is kept.
    @inline(__always)
    mutating func append(_ scalar: UInt32) {
        if characters.count > TextEmbeddingLimits.charactersPerWord { return }
        characters.append(scalar)
        classes.append(0)
        sortedFrom = characters.count
    }

    /// Adds a mark, before those of its run that have a higher class.
    ///
    /// - Source: the Unicode Standard, section 3.11, canonical ordering.
    mutating func append(_ scalar: UInt32, sortingClass: UInt8) {
        if characters.count > TextEmbeddingLimits.charactersPerWord { return }
        var place = characters.count
        while place > sortedFrom, classes[place - 1] > sortingClass { place -= 1 }
        characters.insert(scalar, at: place)
        classes.insert(sortingClass, at: place)
    }

    /// Lets no later mark stand before an earlier one.
    mutating func separateMarks() { sortedFrom = characters.count }

    /// Writes the word as UTF-8.
    mutating func encodeWord() {
        bytes.removeAll(keepingCapacity: true)
        bytes.append(0)
        bytes.append(0)
        for scalar in characters {
            if scalar < 0x80 {
                bytes.append(UInt8(truncatingIfNeeded: scalar))
            } else if scalar < 0x800 {
                bytes.append(UInt8(truncatingIfNeeded: scalar &>> 6 | 0xC0))
                bytes.append(UInt8(truncatingIfNeeded: scalar & 0x3F | 0x80))
            } else if scalar < 0x1_0000 {
                bytes.append(UInt8(truncatingIfNeeded: scalar &>> 12 | 0xE0))
                bytes.append(UInt8(truncatingIfNeeded: scalar &>> 6 & 0x3F | 0x80))
                bytes.append(UInt8(truncatingIfNeeded: scalar & 0x3F | 0x80))
            } else {
                bytes.append(UInt8(truncatingIfNeeded: scalar &>> 18 | 0xF0))
                bytes.append(UInt8(truncatingIfNeeded: scalar &>> 12 & 0x3F | 0x80))
                bytes.append(UInt8(truncatingIfNeeded: scalar &>> 6 & 0x3F | 0x80))
                bytes.append(UInt8(truncatingIfNeeded: scalar & 0x3F | 0x80))
            }
        }
    }

    /// Writes the signs of a piece that does not begin the word over what was before it, which is done with.
    mutating func writePrefix(before index: Int) {
        bytes[index - 2] = UInt8(ascii: "#")
        bytes[index - 1] = UInt8(ascii: "#")
    }
}
