import DynamicBatching
import HTTPConnections
import ModelRepository
import OpenInferenceProtocol

/// The requests that one loop has read for shared queues: who waits for them, and objects for the next ones.
///
/// - Isolation: the loop's thread.
final class QueuedRequests {
    /// A model with a shared queue.
    final class Slot {
        let model: ServedModel
        let policy: BatchPolicy
        /// The loop that the queue is at home on.
        let homeLoop: Int
        /// Where the next request is read.
        var rows: FeatureMatrix
        fileprivate var spare: [QueuedInference] = []
        /// Requests that wait.
        fileprivate var waitingCount = 0

        fileprivate init(_ model: ServedModel, _ policy: BatchPolicy, homeLoop: Int) {
            self.model = model
            self.policy = policy
            self.homeLoop = homeLoop
            rows = FeatureMatrix(for: model.signature.input, rowCapacity: 0)
            spare.reserveCapacity(64)
        }
    }

    /// Who waits for a request.
    struct Waiting {
        let exchange: HTTPExchange
        let metrics: ModelMetrics
        fileprivate let slot: Slot
    }

    private let loop: Int
    private let loopCount: Int
    /// By slot of the serving table; nil for a model of which each loop has its own batches.
    private var slots: [Slot?] = []
    private var waiting: [ObjectIdentifier: Waiting] = [:]
    private var byExchange: [ObjectIdentifier: QueuedInference] = [:]

    init(loop: Int, of loopCount: Int) {
        self.loop = loop
        self.loopCount = loopCount
    }

    /// Serves the models of a table from now on.
    ///
    /// Queues go to loops in turn, so that a few of them do not meet on one; a model keeps its slot and so its home,
    /// which all loops know alike whatever table they serve.
    func adopt(_ table: ServingTable) {
        let before = slots
        slots = table.slots.enumerated().map { index, model in
            guard let model, let policy = BatchPolicy.ofSharedQueue(for: model.configuration) else { return nil }
            if index < before.count, let slot = before[index], slot.model === model { return slot }
            return Slot(model, policy, homeLoop: index % loopCount)
        }
    }

    /// Whether nobody waits here for a model version.
    func isIdle(atSlot index: Int) -> Bool { (slots[index]?.waitingCount ?? 0) == 0 }

    /// The queue of a model version; nil if each loop has its own batches.
    func slot(at index: Int) -> Slot? { slots[index] }

    /// An object for a request of a model.
    func take(for slot: Slot) -> QueuedInference {
        slot.spare.popLast() ?? QueuedInference(for: slot.model, originLoop: loop, homeLoop: slot.homeLoop)
    }

    /// Notes who waits for a request.
    func wait(_ exchange: HTTPExchange, for inference: QueuedInference, _ metrics: ModelMetrics, slot: Slot) {
        waiting[ObjectIdentifier(inference)] = Waiting(exchange: exchange, metrics: metrics, slot: slot)
        byExchange[ObjectIdentifier(exchange)] = inference
        slot.waitingCount += 1
    }

    /// What the client of an exchange waits for.
    func inference(for exchange: HTTPExchange) -> QueuedInference? {
        byExchange.isEmpty ? nil : byExchange[ObjectIdentifier(exchange)]
    }

    /// Nobody waits for a request any more that has come back.
    func end(_ inference: QueuedInference) -> Waiting {
        guard let ended = waiting.removeValue(forKey: ObjectIdentifier(inference)) else {
            preconditionFailure("a request came back twice")
        }
        byExchange[ObjectIdentifier(ended.exchange)] = nil
        ended.slot.waitingCount -= 1
        return ended
    }

    /// Keeps an object for the next request.
    func giveBack(_ inference: QueuedInference, _ ended: Waiting) {
        inference.end()
        ended.slot.spare.append(inference)
    }
}
