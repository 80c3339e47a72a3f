import OpenInferenceProtocol

/// What a thread needs for the rows of large requests that it works on.
///
/// It knows the steps and not the engine that keeps it, so that both are let go together.
///
/// - Isolation: one thread at a time, to which the engine has lent it.
final class EnsembleDesk: @unchecked Sendable {
    /// Rows read from the request's body.
    var matrix: FeatureMatrix
    let workspace: EnsembleWorkspace

    init(_ plan: EnsembleSteps) {
        matrix = FeatureMatrix(featureCount: plan.featureCount, isWide: plan.isWide, rowCapacity: 0)
        workspace = EnsembleWorkspace(of: plan, rowCapacity: 0)
    }
}
