import OpenInferenceProtocol
import Synchronization
import TreeEnsembles

/// A large request for a forest.
///
/// What threads share is constant but for the output columns, of which each writes the rows that it was given, and the
/// desks that are free, which the lock guards: one that was taken off the list has one user.
///
/// - Isolation: any thread, as `SharedEvaluation` says.
final class ForestEvaluation: SharedEvaluation, @unchecked Sendable {
    let rowCount: Int
    let blockRowCount: Int
    let outputs: [OutputColumn]

    private let engine: ForestEngine
    private let rows: RequestRows
    private let wanted: UInt64
    private let freeDesks = Mutex<[Desk]>([])

    /// What a thread needs for the rows that it works on.
    private final class Desk: @unchecked Sendable {
        /// Rows read from the request's body.
        var matrix: FeatureMatrix
        let scratch: ForestScratch

        init(_ engine: ForestEngine, isWide: Bool) {
            matrix = FeatureMatrix(featureCount: engine.trees.featureCount, isWide: isWide, rowCapacity: 0)
            scratch = ForestScratch(of: engine, rowCapacity: 0)
        }
    }

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
    init(of engine: ForestEngine, rows: consuming RequestRows, wanted: UInt64) {
        precondition(rows.featureCount == engine.trees.featureCount, "rows have the forest's features")
        let rowByteCount = rows.featureCount * (rows.isWide ? 8 : 4)
        let fitting = Self.blockByteCount / rowByteCount / Self.smallBlockRowCount * Self.smallBlockRowCount
        blockRowCount =
            wanted & engine.costlyOutputs != 0
            ? Self.smallBlockRowCount : min(max(fitting, Self.smallBlockRowCount), Self.blockRowLimit)
        rowCount = rows.rowCount
        outputs = engine.makeColumns(rowCapacity: 0)
        self.engine = engine
        self.wanted = wanted
        for index in outputs.indices where wanted & (1 << UInt64(index)) != 0 { outputs[index].prepare(rows: rowCount) }
        self.rows = rows
    }

    func evaluate(rows part: Range<Int>) {
        let desk = freeDesks.withLock { $0.popLast() } ?? Desk(engine, isWide: rows.isWide)
        for first in stride(from: part.lowerBound, to: part.upperBound, by: blockRowCount) {
            let block = first..<min(first + blockRowCount, part.upperBound)
            rows.lend(block, scratch: &desk.matrix) { matrix, rows in
                desk.scratch.evaluate(matrix, rows, wanted: wanted, into: outputs, from: block.lowerBound)
            }
        }
        freeDesks.withLock { $0.append(desk) }
    }
}
