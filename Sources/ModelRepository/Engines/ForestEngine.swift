package import LinuxSystem
package import OpenInferenceProtocol
import TreeEnsembles

/// A forest with the outputs that its configuration asks for.
///
/// - Isolation: immutable; any thread.
package final class ForestEngine: InferenceEngine {
    let trees: any TreeEngine
    /// The same where it takes rows of doubles.
    let wideTrees: (any WideTreeEngine)?
    let forestOutputs: ForestOutputs
    /// Explains rows; there is one if a column holds contributions.
    let contributions: ContributionEvaluator?
    let columns: [ForestColumn]
    /// Bits of the outputs that come from the margins' sums.
    let summedOutputs: UInt64
    package let outputs: [TensorMetadata]

    init(
        trees: any TreeEngine, forestOutputs: ForestOutputs, contributions: ContributionEvaluator?,
        columns: [ForestColumn]
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
        outputs = columns.map(\.metadata)
        summedOutputs = columns.indices.filter {
            columns[$0].content != .leafIndices && columns[$0].content != .contributions
        }.reduce(0) { $0 | 1 << UInt64($1) }
    }

    /// Bits of the outputs that explain, which cost a hundred times the others.
    var costlyOutputs: UInt64 {
        columns.indices.filter { columns[$0].content == .contributions }.reduce(0) { $0 | 1 << UInt64($1) }
    }

    /// Bits of the outputs that come only when a request lists them: those that explain, but for that of Triton's FIL
    /// backend, which it computes for every request.
    var unaskedOutputs: UInt64 {
        columns.indices.filter { columns[$0].metadata.name == ForestColumns.contributionsName }
            .reduce(0) { $0 | 1 << UInt64($1) }
    }

    /// Bytes of the tables that evaluate and explain.
    var tableByteCount: Int { trees.tableByteCount + (contributions?.tableByteCount ?? 0) }

    package func makeWorkspace(rowCapacity: Int) -> any InferenceWorkspace {
        ForestWorkspace(of: self, rowCapacity: rowCapacity)
    }

    package func share(_ rows: consuming RequestRows, wanted: UInt64) -> any SharedEvaluation {
        ForestEvaluation(of: self, rows: rows, wanted: wanted)
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

    package func calibrate(clock: any MonotonicClock) {
        trees.calibrate { clock.now().count }
    }
}
