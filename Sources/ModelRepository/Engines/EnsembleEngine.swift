package import LinuxSystem
package import OpenInferenceProtocol
import Synchronization

/// Models that are evaluated one after another, of which later ones read what earlier ones have answered.
///
/// It is an engine as any other: batches, queues, blocks of large requests and limits are those of one model. Of an
/// ensemble within an ensemble the steps stand among the outer one's own.
///
/// - Isolation: any thread; immutable but for the memory of threads that work on large requests, which the lock guards.
package final class EnsembleEngine: InferenceEngine {
    /// What a column of an output is made of.
    private struct ColumnKind: Sendable {
        var metadata: TensorMetadata
        var responseDims: [Int]
        var classNames: [String]
    }

    let plan: EnsembleSteps
    package let outputs: [TensorMetadata]
    /// Bits of the outputs for which something costly is computed.
    let costlyOutputs: UInt64
    private let columnKinds: [ColumnKind]
    /// At most as many as threads have ever worked on large requests at once.
    private let freeDesks = Mutex<[EnsembleDesk]>([])

    /// Makes an engine.
    ///
    /// - Precondition: every step reads the ensemble's rows and steps before it.
    init(
        steps: [EnsembleSteps.Step], outputs: [EnsembleSteps.Output], featureCount: Int, isWide: Bool,
        clock: any MonotonicClock = SystemClock()
    ) {
        plan = EnsembleSteps(steps, outputs: outputs, featureCount: featureCount, isWide: isWide, clock: clock)
        self.outputs = outputs.map(\.metadata)
        costlyOutputs = plan.costlyOutputs
        var columnsOfSteps: [Int: [OutputColumn]] = [:]
        columnKinds = outputs.map { output in
            let columns = columnsOfSteps[output.step] ?? steps[output.step].engine.makeWorkspace(rowCapacity: 0).outputs
            columnsOfSteps[output.step] = columns
            let column = columns[output.output]
            return ColumnKind(
                metadata: column.metadata, responseDims: column.responseDims, classNames: column.classNames)
        }
    }

    package func makeWorkspace(rowCapacity: Int) -> any InferenceWorkspace {
        EnsembleWorkspace(of: plan, rowCapacity: rowCapacity)
    }

    package func share(
        _ rows: consuming RequestRows, wanted: UInt64, observer: (any EvaluationObserver & Sendable)?
    ) -> any SharedEvaluation {
        EnsembleEvaluation(of: self, rows: rows, wanted: wanted, observer: observer)
    }

    package var predictedOutputs: UInt64 { plan.predictedOutputs }

    /// Elements per row between the steps, which no request has brought and no answer has.
    var innerElementsPerRow: Int { plan.innerElementsPerRow }

    /// The models measure themselves when they are loaded.
    package func calibrate(clock: any MonotonicClock) {}

    /// Makes empty columns of the outputs.
    func makeColumns() -> [OutputColumn] {
        columnKinds.map {
            OutputColumn(metadata: $0.metadata, responseDims: $0.responseDims, classNames: $0.classNames)
        }
    }

    /// Lends the memory of a thread, which costs more to make than many a block of rows to evaluate.
    ///
    /// - Parameter isKept: whether it is kept for the next request.
    func withDesk(isKept: Bool, _ body: (EnsembleDesk) -> Void) {
        let desk = freeDesks.withLock { $0.popLast() } ?? EnsembleDesk(plan)
        body(desk)
        if isKept { freeDesks.withLock { $0.append(desk) } }
    }

    /// Desks that nobody has.
    var freeDeskCount: Int { freeDesks.withLock { $0.count } }
}
