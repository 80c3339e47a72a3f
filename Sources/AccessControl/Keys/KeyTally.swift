import Synchronization

/// What one loop counts about one key.
///
/// - Isolation: one thread adds, any thread reads.
package final class KeyTally: Sendable {
    /// What became of a request that showed the key.
    package enum Outcome: Int, CaseIterable, Sendable {
        case admitted
        /// The key may not use the model, or not make the call.
        case forbidden
        /// The key has no token left.
        case limited
    }

    private let cells = InlineArray<3, Atomic<UInt64>> { _ in Atomic(0) }

    package init() {
        precondition(cells.count == Outcome.allCases.count, "a cell for each outcome")
    }

    /// Counts one request; only the owning thread calls this, hence no read-modify-write is needed.
    package func count(_ outcome: Outcome) {
        let value = cells[outcome.rawValue].load(ordering: .relaxed)
        cells[outcome.rawValue].store(value &+ 1, ordering: .relaxed)
    }

    /// Reads one count.
    package func value(of outcome: Outcome) -> UInt64 { cells[outcome.rawValue].load(ordering: .relaxed) }
}
