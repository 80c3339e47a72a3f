/// The highest of many scores.
///
/// A heap with the worst of the best on top: nearly every score is compared once and left.
struct BestScores {
    /// A place and what it scored.
    struct Entry: Equatable {
        let slot: Int32
        let score: Float

        /// Whether the entry comes before another one; equal scores are in the order of their places.
        func precedes(_ other: Entry) -> Bool {
            score > other.score || score == other.score && slot < other.slot
        }
    }

    private var heap: [Entry] = []
    private let limit: Int

    private init(limit: Int) {
        self.limit = limit
        heap.reserveCapacity(limit)
    }

    /// The best of scores above a threshold, best first.
    ///
    /// - Parameter admitted: for each place 1 if it counts; empty if all do.
    static func best(
        of scores: Span<Float>, count: Int, above threshold: Float, admitted: [UInt8], limit: Int
    ) -> [Entry] {
        var best = BestScores(limit: limit)
        var lowest = threshold
        for slot in 0..<count where scores[slot] > lowest {
            if !admitted.isEmpty, admitted[slot] == 0 { continue }
            best.take(Entry(slot: Int32(slot), score: scores[slot]))
            if best.heap.count == limit { lowest = best.heap[0].score }
        }
        return best.heap.sorted { $0.precedes($1) }
    }

    private mutating func take(_ entry: Entry) {
        if heap.count < limit {
            heap.append(entry)
            var child = heap.count - 1
            while child > 0, heap[(child - 1) / 2].precedes(heap[child]) {
                heap.swapAt(child, (child - 1) / 2)
                child = (child - 1) / 2
            }
            return
        }
        guard entry.precedes(heap[0]) else { return }
        heap[0] = entry
        var parent = 0
        while true {
            var worst = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < limit {
                if heap[worst].precedes(heap[child]) { worst = child }
            }
            if worst == parent { return }
            heap.swapAt(parent, worst)
            parent = worst
        }
    }
}
