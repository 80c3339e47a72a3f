import func Glibc.logf

/// Finds chunks by their words.
///
/// A list of chunks for each term, in memory. A chunk has a slot, which is used again when it is removed.
///
/// - Isolation: one thread at a time.
/// - Source: BM25 as Lucene computes it, `bm25s` 0.2's method `lucene`: the sum over the query's terms of
///   ln(1 + (N − df + ½) / (df + ½)) · tf / (tf + k1 · (1 − b + b · length / average length)).
final class KeywordIndex {
    static let k1: Float = 1.2
    static let b: Float = 0.75

    let table: TermTable
    /// For each term the chunks that have it: the slot above, how often below, at most 255 times.
    private var postings: [[UInt32]] = []
    /// For each slot the terms of its chunk, so that they can be taken back.
    private var slotTerms: [[Int32]] = []
    private var lengths: [Int32] = []
    /// Chunks and terms of all of them.
    private(set) var chunkCount = 0
    private var totalLength = 0

    /// For each slot k1 · (1 − b + b · length / average length), made anew when chunks have changed.
    private var norms: [Float] = []
    private var isStale = true
    private var scores: [Float] = []
    /// How often each term is in the text that is being read.
    private var counts: [Int32] = []
    private var touched: [Int32] = []
    private var length: Int32 = 0

    init(_ table: TermTable = TermTable()) { self.table = table }

    // MARK: Chunks

    /// Reads a part of the chunk that is added next.
    func read(_ bytes: Span<UInt8>) {
        table.forEachTerm(of: bytes) { term in
            while Int(term) >= counts.count { counts.append(0) }
            if counts[Int(term)] == 0 { touched.append(term) }
            counts[Int(term)] &+= 1
            length &+= 1
        }
    }

    /// Adds the chunk whose parts were read.
    ///
    /// - Precondition: the slot is free and at most the number of slots.
    func add(at slot: Int) {
        precondition(slot <= lengths.count && slot < 1 << 24, "a slot is the next one or a free one")
        while postings.count < counts.count { postings.append([]) }
        for term in touched {
            postings[Int(term)].append(UInt32(slot) &<< 8 | UInt32(min(counts[Int(term)], 255)))
            counts[Int(term)] = 0
        }
        if slot == lengths.count {
            lengths.append(length)
            slotTerms.append(touched)
        } else {
            precondition(slotTerms[slot].isEmpty && lengths[slot] == 0, "the slot is free")
            lengths[slot] = length
            slotTerms[slot] = touched
        }
        chunkCount += 1
        totalLength += Int(length)
        touched.removeAll(keepingCapacity: true)
        length = 0
        isStale = true
    }

    /// Takes a chunk back.
    func remove(at slot: Int) {
        for term in slotTerms[slot] {
            guard let place = postings[Int(term)].firstIndex(where: { $0 &>> 8 == UInt32(slot) }) else {
                preconditionFailure("a chunk stands in the lists of its terms")
            }
            postings[Int(term)].swapAt(place, postings[Int(term)].count - 1)
            postings[Int(term)].removeLast()
        }
        chunkCount -= 1
        totalLength -= Int(lengths[slot])
        slotTerms[slot] = []
        lengths[slot] = 0
        isStale = true
    }

    // MARK: Queries

    /// The terms of a query that chunks have, the rarest first.
    func terms(of texts: [String]) -> [Int32] {
        var found: Set<Int32> = []
        for text in texts {
            for term in TextAnalyser.terms(of: text, table.rules) {
                if let number = table.number(of: term), Int(number) < postings.count,
                    !postings[Int(number)].isEmpty
                {
                    found.insert(number)
                }
            }
        }
        let rarest = found.sorted {
            (postings[Int($0)].count, $0) < (postings[Int($1)].count, $1)
        }
        return Array(rarest.prefix(KnowledgeRetrievalLimits.queryTerms))
    }

    /// The chunks that fit best.
    ///
    /// - Complexity: the sum of the lists of the query's terms, and one pass over the slots.
    /// - Parameter admitted: for each slot 1 if it counts; empty if all do.
    func best(of terms: [Int32], admitted: [UInt8], limit: Int) -> [BestScores.Entry] {
        guard !terms.isEmpty, chunkCount > 0 else { return [] }
        refresh()
        for slot in scores.indices { scores[slot] = 0 }
        for term in terms {
            let list = postings[Int(term)]
            let frequency = Float(list.count)
            let weight = logf(1 + (Float(chunkCount) - frequency + 0.5) / (frequency + 0.5))
            for posting in list {
                let slot = Int(posting &>> 8)
                let count = Float(posting & 0xFF)
                scores[slot] += weight * count / (norms[slot] + count)
            }
        }
        let sums = scores
        return BestScores.best(of: sums.span, count: sums.count, above: 0, admitted: admitted, limit: limit)
    }

    /// Which of some terms a chunk has.
    func common(_ terms: [Int32], withChunkAt slot: Int) -> [Int32] {
        let own = Set(slotTerms[slot])
        return terms.filter(own.contains)
    }

    private func refresh() {
        guard isStale else { return }
        isStale = false
        let average = max(Float(totalLength) / Float(chunkCount), .leastNormalMagnitude)
        norms = lengths.map { Self.k1 * (1 - Self.b + Self.b * Float($0) / average) }
        scores = [Float](repeating: 0, count: lengths.count)
    }
}
