package import LinuxSystem
package import ModelRepository

/// The batches of one loop: one per served model version, run at the end of the tick in which rows arrived.
///
/// Nobody waits for company: a batch is what has become ready together.
///
/// - Isolation: the loop's thread.
package final class TickBatches {
    /// By slot; nil where a slot is free, or a split's, whose requests join the batches of its variants.
    private var batches: [ModelBatch?] = []
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
    /// A model that keeps its slot keeps its batch with everything in it.
    ///
    /// - Parameter observers: by slot, who looks at the rows of a model; empty for nobody.
    /// - Precondition: nobody waits in the batch of a slot that is another model's now.
    package func adopt(_ table: ServingTable, observers: [(any EvaluationObserver)?] = []) {
        let before = batches
        batches = table.slots.enumerated().map { slot, model in
            let batch = slot < before.count ? before[slot] : nil
            if let batch, batch.model === model { return batch }
            precondition(batch?.isEmpty != false, "a slot is released before it is another model's")
            guard let model, model.split == nil else { return nil }
            return ModelBatch(of: model)
        }
        for (slot, observer) in observers.enumerated() { batches[slot]?.observer = observer }
        precondition(
            before.dropFirst(batches.count).allSatisfy { $0?.isEmpty != false }, "a slot is released before it is gone")
        due.reserveCapacity(batches.count)
        running.reserveCapacity(batches.count)
    }

    /// The batch of a model version.
    package func batch(atSlot slot: Int) -> ModelBatch {
        guard let batch = batches[slot] else { preconditionFailure("a request has the slot of a model") }
        return batch
    }

    /// Whether nobody waits in the batch of a model version.
    package func isIdle(atSlot slot: Int) -> Bool { batches[slot]?.isEmpty ?? true }

    /// Lets a request wait for the rows it has put into a batch.
    ///
    /// - Parameter readNanoseconds: how long reading it took.
    package func join(
        slot: Int, _ member: any BatchMember, rowCount: Int, wanted: UInt64, readNanoseconds: Int64 = 0
    ) {
        let batch = batch(atSlot: slot)
        if batch.isEmpty { due.append(slot) }
        batch.join(member, rowCount: rowCount, wanted: wanted, readNanoseconds: readNanoseconds)
    }

    /// Runs every batch that has members.
    ///
    /// - Parameter executed: told the slot of every batch that has run and what it was, before its members are told.
    /// - Parameter answered: told the same again when they have taken their outputs.
    /// - Returns: whether members have joined meanwhile, so that another tick is due at once.
    package func run(
        _ executed: (Int, BatchExecution) -> Void, answered: (Int, BatchExecution) -> Void = { _, _ in }
    ) -> Bool {
        swap(&due, &running)
        for slot in running {
            batch(atSlot: slot).run(clock: clock) {
                executed(slot, $0)
            } answered: {
                answered(slot, $0)
            }
        }
        running.removeAll(keepingCapacity: true)
        return !due.isEmpty
    }
}
