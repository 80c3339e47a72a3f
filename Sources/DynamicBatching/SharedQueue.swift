package import LinuxSystem
package import ModelRepository
import OpenInferenceProtocol

/// The queue of one model version for the requests of all loops, with what its own loop evaluates them with.
///
/// - Isolation: the thread of the loop that the queue is at home on.
/// - Complexity: a request allocates nothing once the buffers have grown to the load.
package final class SharedQueue {
    /// Requests of any kind and not a parameter: the compiler specialises the queue for them, which it does not for
    /// types of other modules.
    package typealias Member = any QueuedMember
    /// Names a request that waits.
    package typealias Ticket = BatchQueue<any QueuedMember>.Ticket

    package let model: ServedModel
    /// Looks at the rows of each batch before its members take their outputs; nil if nobody does.
    package var observer: (any EvaluationObserver)?
    /// Whether the loop has it among those that it looks at.
    package var isListed = false
    private var queue: BatchQueue<Member>
    private var matrix: FeatureMatrix
    private var workspace: any InferenceWorkspace
    private var batch: [Member] = []
    private var expired: [Member] = []

    /// Makes an empty queue.
    package init(of model: ServedModel, _ policy: BatchPolicy) {
        self.model = model
        queue = BatchQueue(policy)
        matrix = FeatureMatrix(for: model.signature.input, rowCapacity: DynamicBatchingLimits.initialRowCapacity)
        workspace = model.engine.makeWorkspace(rowCapacity: DynamicBatchingLimits.initialRowCapacity)
        batch.reserveCapacity(DynamicBatchingLimits.initialRowCapacity)
        expired.reserveCapacity(DynamicBatchingLimits.initialRowCapacity)
    }

    /// Whether nobody waits.
    package var isEmpty: Bool { queue.count == 0 }

    /// When `look` has something to do; `zero` for at once.
    package var nextLook: Nanoseconds { queue.nextLook }

    /// Lets a request wait, or refuses it.
    package func arrived(_ member: Member) -> BatchQueue<Member>.ArrivalAction {
        let order = member.order
        return queue.arrived(
            member, rowCount: order.rowCount, priority: order.priority,
            timeoutMicroseconds: order.timeoutMicroseconds, at: order.arrival)
    }

    /// Lets a request leave whose answer nobody waits for.
    ///
    /// - Returns: false if it had left before.
    package func cancelled(_ ticket: Ticket) -> Bool {
        queue.cancelled(ticket) != nil
    }

    /// Runs a batch if one is due, and tells those whose time is over.
    ///
    /// One batch only: whoever comes meanwhile with a higher priority is to go before the rest.
    ///
    /// - Parameter finished: called for every member that has been told its end.
    package func look(clock: any MonotonicClock, finished: (Member) -> Void) {
        let action = queue.looked(at: clock.now(), batch: &batch, expired: &expired)
        for member in expired {
            member.timeExpired()
            finished(member)
        }
        expired.removeAll(keepingCapacity: true)
        if action == .run { run(clock, finished) }
    }

    private func run(_ clock: any MonotonicClock, _ finished: (Member) -> Void) {
        var wanted: UInt64 = 0
        var readNanoseconds: Int64 = 0
        for member in batch {
            member.appendRows(to: &matrix)
            let order = member.order
            wanted |= order.wantedOutputs
            readNanoseconds += order.readNanoseconds
        }
        let rowCount = matrix.rowCount
        let begin = clock.now()
        workspace.evaluate(matrix, wanted: wanted)
        let timing = BatchTiming(
            begin: begin, end: clock.now(), rowCount: rowCount, readNanoseconds: readNanoseconds)
        observer?.evaluated(
            matrix, 0..<rowCount, wanted: wanted, outputs: workspace.outputs, at: 0..<rowCount)
        matrix.removeAll()
        var first = 0
        for index in batch.indices {
            let member = batch[index]
            let last = first + member.order.rowCount
            member.batchEvaluated(workspace, rows: first..<last, timing: timing, isFirst: index == 0)
            finished(member)
            first = last
        }
        precondition(first == rowCount, "every member has brought the rows that it said")
        batch.removeAll(keepingCapacity: true)
        if rowCount > DynamicBatchingLimits.keptRowCapacity { shrink() }
    }

    /// Gives back the memory of an exceptionally large batch.
    private func shrink() {
        matrix = FeatureMatrix(for: model.signature.input, rowCapacity: DynamicBatchingLimits.initialRowCapacity)
        workspace = model.engine.makeWorkspace(rowCapacity: DynamicBatchingLimits.initialRowCapacity)
    }
}
