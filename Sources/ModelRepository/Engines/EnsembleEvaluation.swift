import OpenInferenceProtocol
import Synchronization

/// A large request for an ensemble: each block of rows goes through all steps on the thread that has taken it.
///
/// What threads share is constant but for the output columns, of which each writes the rows that it was given, and the
/// steps' times, which the lock guards.
///
/// - Isolation: any thread, as `SharedEvaluation` says.
final class EnsembleEvaluation: SharedEvaluation, @unchecked Sendable {
    let rowCount: Int
    let blockRowCount: Int
    let outputs: [OutputColumn]

    private let engine: EnsembleEngine
    private let rows: RequestRows
    private let wanted: UInt64
    private let times: Mutex<[StepTime]>
    private let positives = Atomic(0)
    private let observer: (any EvaluationObserver & Sendable)?
    /// Whether the memory of threads is kept for the next request.
    private let keepsDesks: Bool

    /// Prepares the evaluation.
    ///
    /// - Parameter wanted: bit `i` asks for output `i`.
    /// - Parameter observer: is shown each block.
    init(
        of engine: EnsembleEngine, rows: consuming RequestRows, wanted: UInt64,
        observer: (any EvaluationObserver & Sendable)? = nil
    ) {
        precondition(
            rows.featureCount == engine.plan.featureCount && rows.isWide == engine.plan.isWide,
            "rows are the ensemble's")
        let rowByteCount = 8 * (rows.featureCount + engine.plan.heldElementsPerRow(of: wanted))
        blockRowCount = ForestEvaluation.blockRowCount(
            rowByteCount: rowByteCount, isCostly: wanted & engine.costlyOutputs != 0)
        keepsDesks = blockRowCount * rowByteCount <= ModelRepositoryLimits.keptDeskByteCount
        rowCount = rows.rowCount
        outputs = engine.makeColumns()
        self.engine = engine
        self.wanted = wanted
        self.observer = observer
        times = Mutex(Array(repeating: StepTime(), count: engine.plan.steps.count))
        for index in outputs.indices where wanted & (1 << UInt64(index)) != 0 { outputs[index].prepare(rows: rowCount) }
        self.rows = rows
    }

    func evaluate(rows part: Range<Int>) {
        var partTimes = Array(repeating: StepTime(), count: engine.plan.steps.count)
        engine.withDesk(isKept: keepsDesks) { desk in
            for first in stride(from: part.lowerBound, to: part.upperBound, by: blockRowCount) {
                let block = first..<min(first + blockRowCount, part.upperBound)
                rows.lend(block, scratch: &desk.matrix) { matrix, rows in
                    desk.workspace.evaluate(matrix, rows, wanted: wanted)
                    observer?.evaluated(
                        matrix, rows, wanted: wanted, outputs: desk.workspace.outputs, at: 0..<rows.count)
                }
                if let count = desk.workspace.positiveRowCount(of: 0..<block.count, wanted: wanted) {
                    positives.add(count, ordering: .relaxed)
                }
                for index in outputs.indices where wanted & (1 << UInt64(index)) != 0 {
                    outputs[index].setRows(from: first, of: desk.workspace.outputs[index])
                }
                for index in partTimes.indices { partTimes[index].add(desk.workspace.stepTimes[index]) }
            }
        }
        times.withLock { times in
            for index in partTimes.indices { times[index].add(partTimes[index]) }
        }
    }

    var positiveRowCount: Int? {
        wanted & engine.plan.predictedOutputs != 0 ? positives.load(ordering: .relaxed) : nil
    }

    var stepTimes: [StepTime] { times.withLock { $0 } }
}
