package import OpenInferenceProtocol
import TreeEnsembles

/// A forest with the outputs that its configuration asks for.
///
/// - Isolation: immutable; any thread.
package final class ForestEngine: InferenceEngine {
    let trees: any TreeEngine
    let forestOutputs: ForestOutputs
    let columns: [ForestColumn]
    package let outputs: [TensorMetadata]

    init(trees: any TreeEngine, forestOutputs: ForestOutputs, columns: [ForestColumn]) {
        precondition(trees.marginCount == forestOutputs.marginCount, "engine and outputs are of one forest")
        self.trees = trees
        self.forestOutputs = forestOutputs
        self.columns = columns
        outputs = columns.map(\.metadata)
    }

    package func makeWorkspace(rowCapacity: Int) -> any InferenceWorkspace {
        ForestWorkspace(of: self, rowCapacity: rowCapacity)
    }
}
