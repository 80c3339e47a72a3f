import LinuxSystem

/// The words and pieces of words that an encoder knows, and their numbers.
///
/// - Isolation: any thread; immutable.
package struct Vocabulary: Sendable {
    /// All words, one after another.
    private let bytes: [UInt8]
    /// Where each word begins; one more than there are words.
    private let starts: [Int32]
    /// Open addressing: a word's number plus one, or 0.
    private let slots: [Int32]
    /// Bytes of the longest word.
    let greatestByteCount: Int

    package let unknown: Int32
    /// What begins a text.
    package let beginning: Int32
    /// What ends it.
    package let end: Int32
    /// Words that stand for themselves wherever a text spells them, before anything else is done with it.
    let special: [(text: [UInt8], id: Int32)]

    package var count: Int { starts.count - 1 }

    /// Reads a file of one word per line.
    ///
    /// - Throws: what breaks a limit; words that stand twice, and special ones that are missing.
    package init(_ file: Span<UInt8>) throws(TextEmbeddingFault) {
        if file.count > TextEmbeddingLimits.vocabularyByteCount {
            throw TextEmbeddingFault(
                .limit(what: "bytes", value: file.count, limit: TextEmbeddingLimits.vocabularyByteCount))
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(file.count)
        var starts: [Int32] = [0]
        var greatest = 0
        var index = 0
        while index < file.count {
            let first = bytes.count
            while index < file.count, file[index] != UInt8(ascii: "\n") {
                bytes.append(file[index])
                index += 1
            }
            index += 1
            if bytes.count > first, bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
            greatest = max(greatest, bytes.count - first)
            starts.append(Int32(bytes.count))
        }
        let count = starts.count - 1
        if count > TextEmbeddingLimits.vocabularyWordCount {
            throw TextEmbeddingFault(
                .limit(what: "words", value: count, limit: TextEmbeddingLimits.vocabularyWordCount))
        }
        var size = 16
        while size < 2 * count { size *= 2 }
        var slots = [Int32](repeating: 0, count: size)
        for word in 0..<count {
            let range = Int(starts[word])..<Int(starts[word + 1])
            var slot = Self.hash(bytes.span.extracting(range)) & (size - 1)
            while slots[slot] != 0 {
                let other = Int(slots[slot]) - 1
                if bytes[Int(starts[other])..<Int(starts[other + 1])] == bytes[range] {
                    throw TextEmbeddingFault(.expected("different words"), field: "line \(word + 1)")
                }
                slot = (slot + 1) & (size - 1)
            }
            slots[slot] = Int32(word + 1)
        }
        self.bytes = bytes
        self.starts = starts
        self.slots = slots
        greatestByteCount = greatest
        var special: [(text: [UInt8], id: Int32)] = []
        for text in ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] {
            let word = Array(text.utf8)
            guard
                let id = Self.number(
                    word.span, hash: Self.hash(word.span), bytes: bytes, starts: starts, slots: slots)
            else { throw TextEmbeddingFault(.missing, field: text) }
            special.append((word, id))
        }
        self.special = special
        unknown = special[1].id
        beginning = special[2].id
        end = special[3].id
    }

    /// The number of a word; nil if it is none.
    ///
    /// - Parameter hash: of its bytes, as `extend` and `finish` compute it.
    func number(_ word: Span<UInt8>, hash: Int) -> Int32? {
        Self.number(word, hash: hash, bytes: bytes, starts: starts, slots: slots)
    }

    private static func number(
        _ word: Span<UInt8>, hash: Int, bytes: [UInt8], starts: [Int32], slots: [Int32]
    ) -> Int32? {
        let mask = slots.count &- 1
        var slot = hash & mask
        while true {
            let number = slots[slot]
            if number == 0 { return nil }
            let first = Int(starts[Int(number) &- 1])
            if Int(starts[Int(number)]) &- first == word.count {
                var index = 0
                while index < word.count, bytes[first &+ index] == word[index] { index &+= 1 }
                if index == word.count { return number &- 1 }
            }
            slot = (slot &+ 1) & mask
        }
    }

    /// The hash of no bytes.
    static let emptyHash: UInt64 = 0xCBF2_9CE4_8422_2325

    /// The hash of some bytes and one more.
    ///
    /// - Source: FNV-1a, 64 bits.
    @inline(__always)
    static func extend(_ hash: UInt64, by byte: UInt8) -> UInt64 { (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }

    /// The number that chooses a slot: FNV's lowest bits alone depend on too little.
    @inline(__always)
    static func finish(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: (hash ^ hash &>> 29) & 0x7FFF_FFFF) }

    private static func hash(_ word: Span<UInt8>) -> Int {
        var hash = emptyHash
        for index in word.indices { hash = extend(hash, by: word[index]) }
        return finish(hash)
    }
}
