/// Gives numbers to terms, and remembers what terms a word has: a million texts have few different words.
///
/// - Isolation: one thread at a time.
final class TermTable {
    let rules: AnalysisRules
    /// The terms by number.
    private(set) var terms: [String] = []
    private var numbers: [String: Int32] = [:]

    // What is known of words: an open hash table whose slots name places in the arrays below.
    private var slots = [Int32](repeating: -1, count: 1 << 12)
    private var hashes: [UInt64] = []
    private var wordStarts: [Int32] = [0]
    private var words: [UInt8] = []
    private var partStarts: [Int32] = [0]
    private var parts: [Int32] = []

    /// Longer words are data more often than words, and are not remembered.
    private static let rememberedByteCount = 32
    /// Words that are remembered, so that texts full of ids cannot take all memory.
    private static let rememberedWords = 2_000_000

    init(_ rules: AnalysisRules = AnalysisRules()) { self.rules = rules }

    /// The number of a term; nil if no text has it.
    func number(of term: String) -> Int32? { numbers[term] }

    /// Gives the numbers of a text's terms to a function, in order; new terms get new numbers.
    @inline(__always)
    func forEachTerm(of bytes: Span<UInt8>, _ body: (Int32) -> Void) {
        TextAnalyser.forEachWord(of: bytes) { range in
            guard range.count > 1 else { return }
            if range.count > Self.rememberedByteCount {
                TextAnalyser.forEachTerm(of: range.map { bytes[$0] }[...], rules) { body(numberOfTerm($0)) }
                return
            }
            var hash: UInt64 = 0xCBF2_9CE4_8422_2325
            for index in range { hash = (hash ^ UInt64(bytes[index])) &* 0x0000_0100_0000_01B3 }
            hash ^= hash &>> 29
            let word = find(hash, bytes, range)
            guard word >= 0 else {
                TextAnalyser.forEachTerm(of: range.map { bytes[$0] }[...], rules) { body(numberOfTerm($0)) }
                return
            }
            for place in Int(partStarts[word])..<Int(partStarts[word &+ 1]) { body(parts[place]) }
        }
    }

    /// The place of a word, which is added if it is new; -1 if there is no room.
    private func find(_ hash: UInt64, _ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
        let mask = slots.count &- 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] >= 0 {
            let word = Int(slots[slot])
            if hashes[word] == hash, isEqual(word, bytes, range) { return word }
            slot = (slot &+ 1) & mask
        }
        guard hashes.count < Self.rememberedWords else { return -1 }
        return add(hash, range.map { bytes[$0] })
    }

    @inline(__always)
    private func isEqual(_ word: Int, _ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        let start = Int(wordStarts[word])
        guard Int(wordStarts[word &+ 1]) &- start == range.count else { return false }
        for offset in 0..<range.count where words[start &+ offset] != bytes[range.lowerBound &+ offset] {
            return false
        }
        return true
    }

    private func add(_ hash: UInt64, _ bytes: [UInt8]) -> Int {
        let word = hashes.count
        hashes.append(hash)
        words += bytes
        wordStarts.append(Int32(words.count))
        TextAnalyser.forEachTerm(of: bytes[...], rules) { parts.append(numberOfTerm($0)) }
        partStarts.append(Int32(parts.count))
        if hashes.count * 2 > slots.count {
            slots = [Int32](repeating: -1, count: slots.count * 2)
            for known in hashes.indices { place(known) }
        } else {
            place(word)
        }
        return word
    }

    private func place(_ word: Int) {
        let mask = slots.count &- 1
        var slot = Int(truncatingIfNeeded: hashes[word]) & mask
        while slots[slot] >= 0 { slot = (slot &+ 1) & mask }
        slots[slot] = Int32(word)
    }

    private func numberOfTerm(_ bytes: [UInt8]) -> Int32 {
        let term = Letter.text(bytes)
        if let number = numbers[term] { return number }
        let number = Int32(terms.count)
        terms.append(term)
        numbers[term] = number
        return number
    }
}
