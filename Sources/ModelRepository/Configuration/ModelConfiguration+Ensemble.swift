extension ModelConfiguration {
    /// One call of a model within an ensemble.
    package struct EnsembleStep: Sendable {
        /// A tensor of the model and the ensemble's name for it.
        package struct Mapping: Sendable {
            /// As the model calls it.
            package var name: String
            /// As the ensemble calls it.
            package var tensor: String
            package var position: TextPosition
        }

        package var model: String
        /// nil for the highest version that is ready.
        package var version: Int64?
        package var inputs: [Mapping]
        package var outputs: [Mapping]
        package var position: TextPosition
    }

    /// Reads and checks `ensemble_scheduling`.
    ///
    /// - Source: Triton's `ensemble_utils.cc` (`ValidateEnsembleSchedulingConfig`), which refuses the same fields; a
    ///   step without `model_version` is one with −1 here and one with 0, which no model has, there.
    static func ensembleSteps(of message: MessageValue, isEnsemble: Bool) throws(TextFormatFault) -> [EnsembleStep] {
        func fault(_ field: String, _ sentence: String) -> TextFormatFault {
            TextFormatFault(.meaningless(sentence), at: message.position(of: field))
        }
        guard isEnsemble else {
            guard message.has("ensemble_scheduling") else { return [] }
            throw fault("ensemble_scheduling", "ensemble_scheduling is for models of platform 'ensemble'")
        }
        for field in ["dynamic_batching", "instance_group", "optimization", "model_warmup"] where message.has(field) {
            throw fault(field, "\(field) has no place in an ensemble: it belongs to the models that the ensemble calls")
        }
        for field in ["input", "output"] where !message.has(field) {
            throw TextFormatFault(.meaningless("an ensemble declares each \(field)"), at: message.position)
        }
        let messages = message.message("ensemble_scheduling")?.messages("step") ?? []
        guard !messages.isEmpty else {
            throw fault("ensemble_scheduling", "ensemble_scheduling has no step")
        }
        guard messages.count <= ModelRepositoryLimits.ensembleStepLimit else {
            throw fault("ensemble_scheduling", "more than \(ModelRepositoryLimits.ensembleStepLimit) steps")
        }
        var steps: [EnsembleStep] = []
        for (number, step) in messages.enumerated() { steps.append(try ensembleStep(step, number)) }
        return steps
    }

    private static func ensembleStep(_ step: MessageValue, _ number: Int) throws(TextFormatFault) -> EnsembleStep {
        func fault(_ field: String, _ sentence: String) -> TextFormatFault {
            TextFormatFault(.meaningless("step \(number): \(sentence)"), at: step.position(of: field))
        }
        let model = step.text("model_name")
        guard ModelName.isSafe(model) else {
            throw fault("model_name", model.isEmpty ? "model_name is missing" : "'\(model)' is no name of a model")
        }
        var version: Int64?
        if step.has("model_version"), step.integer("model_version") != -1 {
            let number = step.integer("model_version")
            guard number > 0 else {
                throw fault("model_version", "model_version \(number) is neither a version nor -1, the latest")
            }
            version = number
        }
        return EnsembleStep(
            model: model, version: version, inputs: try mappings("input_map", of: step, number),
            outputs: try mappings("output_map", of: step, number), position: step.position)
    }

    private static func mappings(
        _ field: String, of step: MessageValue, _ number: Int
    ) throws(TextFormatFault) -> [EnsembleStep.Mapping] {
        var mappings: [EnsembleStep.Mapping] = []
        var names: Set<String> = []
        for entry in step.messages(field) {
            let mapping = EnsembleStep.Mapping(
                name: entry.text("key"), tensor: entry.text("value"), position: entry.position)
            func fault(_ sentence: String) -> TextFormatFault {
                TextFormatFault(.meaningless("step \(number): \(field): \(sentence)"), at: entry.position)
            }
            if mapping.name.isEmpty || mapping.tensor.isEmpty { throw fault("key and value name tensors") }
            if !names.insert(mapping.name).inserted { throw fault("'\(mapping.name)' is mapped twice") }
            mappings.append(mapping)
        }
        if mappings.isEmpty {
            throw TextFormatFault(.meaningless("step \(number): \(field) is missing"), at: step.position)
        }
        return mappings
    }
}
