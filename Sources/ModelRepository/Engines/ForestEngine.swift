package import LinuxSystem
package import OpenInferenceProtocol
import Synchronization
import TreeEnsembles

/// Evaluates a forest for batches and for large requests.
///
/// - Isolation: any thread; immutable but for the memory of threads that work on large requests, which the lock guards.
package final class ForestEngine: InferenceEngine {
    let model: ForestModel
    package let outputs: [TensorMetadata]
    /// At most as many as threads have ever worked on large requests at once.
    private let freeDesks = Mutex<[ForestDesk]>([])

    init(of model: ForestModel) {
        self.model = model
        outputs = model.columns.map(\.metadata)
    }

    /// Bits of the outputs that explain, which cost a hundred times the others.
    var costlyOutputs: UInt64 { model.costlyOutputs }

    /// Bits of the outputs that come only when a request lists them: those that explain, but for that of Triton's FIL
    /// backend, which it computes for every request.
    var unaskedOutputs: UInt64 {
        model.columns.indices.filter { model.columns[$0].metadata.name == ForestColumns.contributionsName }
            .reduce(0) { $0 | 1 << UInt64($1) }
    }

    package var predictedOutputs: UInt64 { model.summedOutputs }

    /// Bytes of the tables that evaluate and explain.
    var tableByteCount: Int { model.trees.tableByteCount + (model.contributions?.tableByteCount ?? 0) }

    package func makeWorkspace(rowCapacity: Int) -> any InferenceWorkspace {
        ForestWorkspace(of: model, rowCapacity: rowCapacity)
    }

    package func share(
        _ rows: consuming RequestRows, wanted: UInt64, observer: (any EvaluationObserver & Sendable)?
    ) -> any SharedEvaluation {
        ForestEvaluation(of: self, rows: rows, wanted: wanted, observer: observer)
    }

    package func calibrate(clock: any MonotonicClock) {
        model.trees.calibrate { clock.now().count }
    }

    /// Lends the memory of a thread, which costs as much to make as a block of rows to evaluate.
    ///
    /// - Parameter isKept: whether it is kept for the next request.
    func withDesk(isKept: Bool, _ body: (ForestDesk) -> Void) {
        let desk = freeDesks.withLock { $0.popLast() } ?? ForestDesk(model)
        body(desk)
        if isKept { freeDesks.withLock { $0.append(desk) } }
    }

    /// Desks that nobody has.
    var freeDeskCount: Int { freeDesks.withLock { $0.count } }
}
