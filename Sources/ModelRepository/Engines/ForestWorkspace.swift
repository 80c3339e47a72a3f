import OpenInferenceProtocol
import TreeEnsembles

/// A forest's outputs for the batches of one loop, with the memory to compute them.
///
/// - Isolation: one thread at a time.
final class ForestWorkspace: InferenceWorkspace {
    let outputs: [OutputColumn]

    private let model: ForestModel
    private let scratch: ForestScratch
    /// Labels or their indices; nil if the model has none.
    private let labels: OutputColumn?

    init(of model: ForestModel, rowCapacity: Int) {
        self.model = model
        scratch = ForestScratch(of: model, rowCapacity: rowCapacity)
        outputs = model.makeColumns(rowCapacity: rowCapacity)
        labels = model.labelColumn.map { [outputs] in outputs[$0] }
    }

    func evaluate(_ matrix: borrowing FeatureMatrix, wanted: UInt64) {
        precondition(matrix.featureCount == model.trees.featureCount, "rows have the forest's features")
        let rowCount = matrix.rowCount
        for index in outputs.indices {
            outputs[index].prepare(rows: wanted & (1 << UInt64(index)) != 0 ? rowCount : 0)
        }
        if rowCount == 0 { return }
        scratch.evaluate(matrix, 0..<rowCount, wanted: wanted, into: outputs, from: 0)
    }

    func positiveRowCount(of rows: Range<Int>, wanted: UInt64) -> Int? {
        guard wanted & model.summedOutputs != 0 else { return nil }
        return scratch.positiveRowCount(of: rows, labels: labels, at: rows)
    }
}
