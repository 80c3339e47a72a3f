import OpenInferenceProtocol
import Synchronization
import TreeEnsembles

/// A large request for a forest.
///
/// What threads share is constant but for the output columns, of which each writes the rows that it was given.
///
/// - Isolation: any thread, as `SharedEvaluation` says.
final class ForestEvaluation: SharedEvaluation, @unchecked Sendable {
    let rowCount: Int
    let blockRowCount: Int
    let outputs: [OutputColumn]

    private let engine: ForestEngine
    private let model: ForestModel
    private let rows: RequestRows
    private let wanted: UInt64
    private let positives = Atomic(0)
    private let observer: (any EvaluationObserver & Sendable)?
    /// Whether the memory of threads is kept for the next request.
    private let keepsDesks: Bool

    /// Rows of a block: the most that an engine evaluates together.
    private static let blockRowLimit = 512
    /// Rows of a block that are explained, as many as the kernel takes at once at most, and the least that engines
    /// evaluate together.
    private static let smallBlockRowCount = 64
    /// Bytes of a block's rows: where rows are very wide, fewer are read at a time.
    private static let blockByteCount = 1 << 22

    /// Prepares the evaluation.
    ///
    /// - Parameter wanted: bit `i` asks for output `i`.
    /// - Parameter observer: is shown each block.
    init(
        of engine: ForestEngine, rows: consuming RequestRows, wanted: UInt64,
        observer: (any EvaluationObserver & Sendable)? = nil
    ) {
        let model = engine.model
        precondition(
            rows.featureCount == model.trees.featureCount && rows.isWide == model.isWide, "rows are the forest's")
        blockRowCount = Self.blockRowCount(
            rowByteCount: model.rowByteCount, isCostly: wanted & model.costlyOutputs != 0)
        keepsDesks = blockRowCount * model.heldBytesPerRow(of: wanted) <= ModelRepositoryLimits.keptDeskByteCount
        rowCount = rows.rowCount
        outputs = model.makeColumns(rowCapacity: 0)
        self.engine = engine
        self.model = model
        self.wanted = wanted
        self.observer = observer
        for index in outputs.indices where wanted & (1 << UInt64(index)) != 0 { outputs[index].prepare(rows: rowCount) }
        self.rows = rows
    }

    /// Rows that are evaluated together at best.
    ///
    /// - Parameter isCostly: whether rows are explained.
    static func blockRowCount(rowByteCount: Int, isCostly: Bool) -> Int {
        let fitting = blockByteCount / rowByteCount / smallBlockRowCount * smallBlockRowCount
        return isCostly ? smallBlockRowCount : min(max(fitting, smallBlockRowCount), blockRowLimit)
    }

    var positiveRowCount: Int? {
        wanted & model.summedOutputs != 0 ? positives.load(ordering: .relaxed) : nil
    }

    func evaluate(rows part: Range<Int>) {
        engine.withDesk(isKept: keepsDesks) { desk in
            for first in stride(from: part.lowerBound, to: part.upperBound, by: blockRowCount) {
                let block = first..<min(first + blockRowCount, part.upperBound)
                rows.lend(block, scratch: &desk.matrix) { matrix, rows in
                    desk.scratch.evaluate(matrix, rows, wanted: wanted, into: outputs, from: block.lowerBound)
                    observer?.evaluated(matrix, rows, wanted: wanted, outputs: outputs, at: block)
                }
                if wanted & model.summedOutputs != 0 {
                    let labels = model.labelColumn.map { outputs[$0] }
                    let count = desk.scratch.positiveRowCount(of: 0..<block.count, labels: labels, at: block)
                    positives.add(count, ordering: .relaxed)
                }
            }
        }
    }
}
