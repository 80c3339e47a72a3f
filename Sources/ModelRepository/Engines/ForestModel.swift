import OpenInferenceProtocol
import TreeEnsembles

/// A forest with the outputs that its configuration asks for: what its engine, its workspaces and its evaluations all
/// know.
///
/// - Isolation: immutable; any thread.
final class ForestModel: Sendable {
    let trees: any TreeEngine
    /// The same where it takes rows of doubles.
    let wideTrees: (any WideTreeEngine)?
    let forestOutputs: ForestOutputs
    /// Explains rows; there is one if a column holds contributions.
    let contributions: ContributionEvaluator?
    let columns: [ForestColumn]
    /// Bits of the outputs that come from the margins' sums.
    let summedOutputs: UInt64
    /// The column that holds labels or their indices; nil if there is none.
    let labelColumn: Int?
    let isIsolation: Bool
    /// Whether rows are given as float64.
    let isWide: Bool

    init(
        trees: any TreeEngine, forestOutputs: ForestOutputs, contributions: ContributionEvaluator?,
        columns: [ForestColumn], isWide: Bool
    ) {
        precondition(trees.marginCount == forestOutputs.marginCount, "engine and outputs are of one forest")
        precondition(
            contributions != nil || !columns.contains { $0.content == .contributions },
            "contributions are made by their evaluator")
        self.contributions = contributions
        self.trees = trees
        wideTrees = trees as? any WideTreeEngine
        self.forestOutputs = forestOutputs
        self.columns = columns
        self.isWide = isWide
        isIsolation = forestOutputs.task == .isolation
        labelColumn = columns.firstIndex { $0.content == .integerLabel || $0.content == .classIndex }
        summedOutputs = columns.indices.filter {
            columns[$0].content != .leafIndices && columns[$0].content != .contributions
        }.reduce(0) { $0 | 1 << UInt64($1) }
    }

    /// Bits of the outputs that explain, which cost a hundred times the others.
    var costlyOutputs: UInt64 {
        columns.indices.filter { columns[$0].content == .contributions }.reduce(0) { $0 | 1 << UInt64($1) }
    }

    /// Makes the columns of the outputs, with room for some rows.
    func makeColumns(rowCapacity: Int) -> [OutputColumn] {
        columns.map { column in
            // Those that explain are wide and rarely asked for.
            OutputColumn(
                metadata: column.metadata, responseDims: column.responseDims, classNames: column.classNames,
                rowCapacity: column.content == .contributions ? 0 : rowCapacity)
        }
    }

    /// Bytes of the features of one row.
    var rowByteCount: Int { trees.featureCount * (isWide ? 8 : 4) }

    /// Bytes that a thread holds for each row of a block, the outputs that are asked for among them.
    ///
    /// - Parameter wanted: bit `i` asks for output `i`.
    func heldBytesPerRow(of wanted: UInt64) -> Int {
        columns.indices.reduce(rowByteCount + 8 * trees.marginCount) { count, index in
            wanted & 1 << UInt64(index) != 0 ? count + 8 * columns[index].elementCount : count
        }
    }
}
