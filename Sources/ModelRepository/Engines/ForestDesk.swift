import OpenInferenceProtocol
import TreeEnsembles

/// What a thread needs for the rows of large requests to a forest that it works on.
///
/// It knows the forest and not the engine that keeps it, so that both are let go together.
///
/// - Isolation: one thread at a time, to which the engine has lent it.
final class ForestDesk: @unchecked Sendable {
    /// Rows read from the request's body.
    var matrix: FeatureMatrix
    let scratch: ForestScratch

    init(_ model: ForestModel) {
        matrix = FeatureMatrix(featureCount: model.trees.featureCount, isWide: model.isWide, rowCapacity: 0)
        scratch = ForestScratch(of: model, rowCapacity: 0)
    }
}
