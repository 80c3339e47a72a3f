import Synchronization

/// All counts of one loaded model: those of every loop, and those of the threads that work on large requests.
///
/// - Isolation: any thread. The lock is taken when a loop begins or ends, by threads of the pool for each block of
///   rows, and by whoever takes the counts.
package final class DriftLedger: Sendable {
    package let plan: DriftPlan
    private let boxes = Mutex<[DriftBox]>([])
    /// Tallies that no thread of the pool has.
    private let freeTallies = Mutex<[DriftTally]>([])

    /// Makes a ledger of no rows.
    package init(_ plan: DriftPlan) { self.plan = plan }

    /// Makes the part of one loop.
    ///
    /// - Parameter seed: what its choice of rows follows from.
    package func makeTally(seed: UInt64) -> DriftTally {
        let box = DriftBox(for: plan)
        boxes.withLock { $0.append(box) }
        return DriftTally(plan, box: box, seed: seed)
    }

    /// Lends a tally to a thread that works on a large request.
    ///
    /// - Parameter seed: what the choice of rows follows from, if a tally has to be made.
    package func lendTally(seed: @autoclosure () -> UInt64) -> DriftTally {
        freeTallies.withLock { $0.popLast() } ?? makeTally(seed: seed())
    }

    /// Takes a tally back that was lent, and hands over what it has counted.
    package func giveBack(_ tally: DriftTally) {
        tally.leave()
        freeTallies.withLock { $0.append(tally) }
    }

    /// Whether a loop has counts that it has not handed over.
    package var awaitsCounts: Bool { boxes.withLock { $0.contains(where: \.awaitsCounts) } }

    /// Moves everything that was handed over to other counts.
    package func take(into counts: inout DriftCounts) {
        for box in boxes.withLock({ $0 }) { box.take(into: &counts) }
    }
}
