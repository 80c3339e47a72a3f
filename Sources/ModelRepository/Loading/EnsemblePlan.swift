import OpenInferenceProtocol

/// What an ensemble takes, calls and gives: its configuration checked against the models that it calls.
struct EnsemblePlan {
    var layout: InputLayout
    var inputs: [TensorMetadata]
    var steps: [EnsembleSteps.Step]
    var outputs: [EnsembleSteps.Output]
    /// Bits of the outputs that come only when a request lists them.
    var unaskedOutputs: UInt64
    var members: [EnsembleMember]

    /// Checks names, datatypes, shapes and batch sizes of all tensors against the models', and lays out the rows.
    ///
    /// - Parameter members: the model of each step.
    /// - Source: Triton's `ensemble_utils.cc` (`ValidateEnsembleConfig`).
    static func make(
        _ definition: EnsembleDefinition, members: [ServedModel]
    ) throws(TextFormatFault) -> EnsemblePlan {
        var planner = try EnsemblePlanner(definition.configuration)
        for number in definition.graph.order { try planner.add(step: number, members[number]) }
        return try planner.finish(members)
    }
}
