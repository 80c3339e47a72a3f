/// What happens to each character before words are cut into pieces.
///
/// Characters are looked up in pages of 256; pages that say the same are kept once.
///
/// - Isolation: any thread; immutable.
struct CharacterTable: Sendable {
    /// What becomes of a character: 21 bits of what takes its place, 0 for itself, and flags.
    struct Entry: Equatable, Sendable {
        var bits: UInt32

        /// Nothing takes its place.
        static let vanishes: UInt32 = 1 << 21
        /// Nothing does, and marks are not sorted across it.
        static let separates: UInt32 = 1 << 22
        static let isSpace: UInt32 = 1 << 23
        /// It stands alone, as a word.
        static let isIdeograph: UInt32 = 1 << 24
        /// It is a word of its own, after whatever took its place.
        static let isPunctuation: UInt32 = 1 << 25
        /// The 21 bits are the place of a sequence.
        static let isSequence: UInt32 = 1 << 26
        /// It is a mark that is sorted by its class.
        static let isSorted: UInt32 = 1 << 27

        /// Flags that a plain letter has none of.
        static let flags: UInt32 = ~0 << 21

        func has(_ flag: UInt32) -> Bool { bits & flag != 0 }
        /// The character that takes its place, or that of the sequence.
        var target: UInt32 { bits & ~Self.flags }
    }

    /// The table of BERT's tokenizer without case.
    static let uncased = CharacterTable()

    private let pages: [UInt16]
    private let entries: [UInt32]
    /// Each a count and as many characters.
    private let sequences: [UInt32]
    private let classes: [UInt32: UInt8]

    /// The entry of a character.
    @inline(__always)
    subscript(_ scalar: UInt32) -> Entry {
        let bits = entries[Int(pages[Int(scalar &>> 8)]) &<< 8 | Int(scalar & 0xFF)]
        return Entry(bits: bits & ~Entry.flags == 0 ? bits | scalar : bits)
    }

    /// The characters of a sequence.
    func sequence(_ place: UInt32) -> ArraySlice<UInt32> {
        let first = Int(place)
        return sequences[first + 1..<first + 1 + Int(sequences[first])]
    }

    /// The class that a mark is sorted by; 0 for anything else.
    func sortingClass(_ scalar: UInt32) -> UInt8 { classes[scalar] ?? 0 }

    private init() {
        var flat = [UInt32](repeating: 0, count: 0x11_0000)
        func mark(_ text: String, _ flag: UInt32) {
            var end = 0
            var numbers = Self.numbers(text)[...]
            while let gap = numbers.popFirst(), let count = numbers.popFirst() {
                for scalar in end + gap..<end + gap + count { flat[scalar] |= flag }
                end += gap + count
            }
        }
        var moved = Self.numbers(CharacterTableText.moved)[...]
        while let first = moved.popFirst(), let step = moved.popFirst(), let count = moved.popFirst(),
            let target = moved.popFirst()
        {
            for index in 0..<count { flat[first + index * step] = UInt32(target + index * step) }
        }
        // No place is 0.
        var sequences: [UInt32] = [0]
        var replaced = Self.numbers(CharacterTableText.replaced)[...]
        var scalar = 0
        while let gap = replaced.popFirst(), let count = replaced.popFirst() {
            scalar += gap
            flat[scalar] = UInt32(sequences.count) | Entry.isSequence
            sequences.append(UInt32(count))
            sequences += replaced.prefix(count).map { UInt32($0) }
            replaced = replaced.dropFirst(count)
        }
        mark(CharacterTableText.dropped, Entry.vanishes)
        mark(CharacterTableText.droppedStarters, Entry.vanishes | Entry.separates)
        mark(CharacterTableText.spaces, Entry.isSpace)
        mark(CharacterTableText.ideographs, Entry.isIdeograph)
        mark(CharacterTableText.punctuation, Entry.isPunctuation)
        var classes: [UInt32: UInt8] = [:]
        var marks = Self.numbers(CharacterTableText.sortedMarks)[...]
        while let scalar = marks.popFirst(), let sortingClass = marks.popFirst() {
            classes[UInt32(scalar)] = UInt8(sortingClass)
            flat[scalar] |= Entry.isSorted
        }
        var pages: [UInt16] = []
        var entries: [UInt32] = []
        var known: [[UInt32]: UInt16] = [:]
        for first in stride(from: 0, to: flat.count, by: 256) {
            let page = Array(flat[first..<first + 256])
            if let number = known[page] {
                pages.append(number)
            } else {
                let number = UInt16(entries.count / 256)
                known[page] = number
                pages.append(number)
                entries += page
            }
        }
        self.pages = pages
        self.entries = entries
        self.sequences = sequences
        self.classes = classes
    }

    private static func numbers(_ text: String) -> [Int] {
        text.split(separator: " ").map { word in
            guard let number = Int(word, radix: 36) else { preconditionFailure("the table holds numbers to base 36") }
            return number
        }
    }
}
