package import LinuxSystem
package import ModelRepository

/// The batches of one loop: one per served model version, run at the end of the tick in which rows arrived.
///
/// Nobody waits for company: a batch is what has become ready together.
///
/// - Isolation: the loop's thread.
package final class TickBatches {
    private var batches: [ModelBatch] = []
    /// Slots of batches that have members, in the order in which they got the first one.
    private var due: [Int] = []
    private var running: [Int] = []
    private let clock: any MonotonicClock

    /// Makes batches for no model.
    package init(clock: any MonotonicClock) {
        self.clock = clock
    }

    /// Serves the models of a table from now on; its slots are the indices of the batches.
    ///
    /// - Precondition: nobody waits in a batch of the table before.
    package func adopt(_ table: ServingTable) {
        precondition(due.isEmpty, "a table is adopted between two ticks")
        batches = table.models.map { ModelBatch(of: $0) }
        due.reserveCapacity(batches.count)
        running.reserveCapacity(batches.count)
    }

    /// The batch of a model version.
    package func batch(atSlot slot: Int) -> ModelBatch { batches[slot] }

    /// Lets a request wait for the rows it has put into a batch.
    package func join(slot: Int, _ member: any BatchMember, rowCount: Int, wanted: UInt64) {
        let batch = batches[slot]
        if batch.isEmpty { due.append(slot) }
        batch.join(member, rowCount: rowCount, wanted: wanted)
    }

    /// Runs every batch that has members.
    ///
    /// - Parameter executed: told the slot of every batch that has run, and how many batches it counts for.
    /// - Returns: whether members have joined meanwhile, so that another tick is due at once.
    package func run(_ executed: (Int, Int) -> Void) -> Bool {
        swap(&due, &running)
        for slot in running {
            executed(slot, batches[slot].run(clock: clock))
        }
        running.removeAll(keepingCapacity: true)
        return !due.isEmpty
    }
}
