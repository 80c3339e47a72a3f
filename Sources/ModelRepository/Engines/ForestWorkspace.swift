import OpenInferenceProtocol
import TreeEnsembles

/// A forest's outputs for the batches of one loop, with the memory to compute them.
///
/// - Isolation: one thread at a time.
final class ForestWorkspace: InferenceWorkspace {
    let outputs: [OutputColumn]

    private let engine: ForestEngine
    private let scratch: ForestScratch

    init(of engine: ForestEngine, rowCapacity: Int) {
        self.engine = engine
        scratch = ForestScratch(of: engine, rowCapacity: rowCapacity)
        outputs = engine.makeColumns(rowCapacity: rowCapacity)
    }

    func evaluate(_ matrix: borrowing FeatureMatrix, wanted: UInt64) {
        precondition(matrix.featureCount == engine.trees.featureCount, "rows have the forest's features")
        let rowCount = matrix.rowCount
        for index in outputs.indices {
            outputs[index].prepare(rows: wanted & (1 << UInt64(index)) != 0 ? rowCount : 0)
        }
        if rowCount == 0 { return }
        scratch.evaluate(matrix, 0..<rowCount, wanted: wanted, into: outputs, from: 0)
    }
}
