import OpenInferenceProtocol
import TrafficSplitting

extension ModelConfiguration {
    /// The chosen engine, as the configuration endpoint shows it.
    struct EngineReport {
        var name: String
        var instructionSet: String
        /// Engines of higher rank, each with what it cannot do.
        var refusals: [String]
    }

    /// Gives a configuration without `max_batch_size` the largest that this server takes.
    ///
    /// Rows are independent, so a forest has no batch size of its own.
    mutating func fillBatchSize() {
        if maxBatchSize == 0 {
            maxBatchSize =
                backend == .textEncoder
                ? OpenInferenceProtocolLimits.textCount : ModelRepositoryLimits.inferredBatchSize
        }
    }

    /// Writes defaults and what the model told into the configuration: Triton's auto-completion.
    ///
    /// - Precondition: `fillBatchSize` was called.
    mutating func complete(with plan: ForestPlan, fileName: String, engine: EngineReport) {
        complete(inputs: plan.inputs, outputs: plan.columns.map(\.metadata), fileName: fileName, engine: engine)
    }

    /// The same for any model with an engine of its own.
    mutating func complete(
        inputs givenInputs: [TensorMetadata], outputs givenOutputs: [TensorMetadata], fileName: String,
        engine: EngineReport
    ) {
        precondition(maxBatchSize > 0, "the batch size is filled")
        defaultModelFilename = fileName
        message.set("name", .scalar(.text(name)))
        message.set("platform", .scalar(.text(message.text("platform"))))
        message.set("backend", .scalar(.text(backend.rawValue)))
        message.set("max_batch_size", .scalar(.integer(Int64(maxBatchSize))))
        message.set("default_model_filename", .scalar(.text(fileName)))
        completeVersionPolicy()
        if inputs.isEmpty {
            for input in givenInputs { message.append("input", .message(tensorMessage(input, schema: "input"))) }
        }
        if outputs.isEmpty {
            for output in givenOutputs { message.append("output", .message(tensorMessage(output, schema: "output"))) }
        }
        completeInstanceGroups()
        completeDynamicBatching()
        append(parameter: Self.ownParameterPrefix + "engine", engine.name)
        append(parameter: Self.ownParameterPrefix + "isa", engine.instructionSet)
        append(parameter: Self.ownParameterPrefix + "refused", engine.refusals.joined(separator: "; "))
    }

    /// The same for an ensemble, whose inputs and outputs are declared and which has no engine of its own.
    mutating func complete(ensembleOfMaxBatchSize batchSize: Int) {
        maxBatchSize = batchSize
        message.set("name", .scalar(.text(name)))
        message.set("platform", .scalar(.text(platform)))
        message.set("max_batch_size", .scalar(.integer(Int64(batchSize))))
        completeVersionPolicy()
    }

    /// The same for a traffic split, of which nothing is declared here.
    ///
    /// - Parameter outputs: those that its variants have in common.
    mutating func complete(split: TrafficSplit, input: SplitInput, outputs: [TensorMetadata]) {
        platform = "traffic_split"
        maxBatchSize = input.layout.maxBatchSize
        message.set("name", .scalar(.text(name)))
        message.set("platform", .scalar(.text(platform)))
        message.set("max_batch_size", .scalar(.integer(Int64(maxBatchSize))))
        completeVersionPolicy()
        for input in input.inputs { message.append("input", .message(tensorMessage(input, schema: "input"))) }
        for output in outputs { message.append("output", .message(tensorMessage(output, schema: "output"))) }
        let shares = VariantAssignment.shares(split.variants.map(\.weight))
        for (variant, share) in zip(split.variants, shares) {
            let version = variant.member.map { "version \($0.version)" } ?? "not ready"
            append(
                parameter: Self.ownParameterPrefix + "variant." + variant.name,
                "\(variant.model), \(version), share \(share)")
        }
    }

    private mutating func completeVersionPolicy() {
        guard case .latest(let count) = versionPolicy else { return }
        var latest = MessageValue(schema: ModelConfigurationSchema.versionPolicyLatest)
        latest.set("num_versions", .scalar(.unsigned(UInt64(count))))
        var policy = MessageValue(schema: ModelConfigurationSchema.versionPolicy)
        policy.set("latest", .message(latest))
        message.set("version_policy", .message(policy))
    }

    private func tensorMessage(_ tensor: TensorMetadata, schema: String) -> MessageValue {
        var value = MessageValue(
            schema: schema == "input" ? ModelConfigurationSchema.input : ModelConfigurationSchema.output)
        value.set("name", .scalar(.text(tensor.name)))
        value.set("data_type", .scalar(.enumeration(Int(tensor.datatype.rawValue))))
        // Dimensions exclude the rows; a configuration cannot say that nothing remains, it says [1].
        let dims = tensor.dims.count > 1 ? Array(tensor.dims.dropFirst()) : [1]
        for dim in dims { value.append("dims", .scalar(.integer(Int64(dim)))) }
        return value
    }

    /// Gives each group the name, kind and number of instances that it leaves open.
    ///
    /// - Source: Triton's `NormalizeInstanceGroup` (core, `model_config_utils.cc`), without a GPU.
    private mutating func completeInstanceGroups() {
        let modelName = name
        message.changeMessages("instance_group") { number, group in
            if group.text("name").isEmpty { group.set("name", .scalar(.text("\(modelName)_\(number)"))) }
            if group.enumeration("kind") == 0 { group.set("kind", .scalar(.enumeration(Self.cpuKind))) }
            if group.integer("count") == 0 { group.set("count", .scalar(.integer(1))) }
        }
        guard !message.has("instance_group") else { return }
        var group = MessageValue(schema: ModelConfigurationSchema.instanceGroup)
        group.set("name", .scalar(.text(name)))
        group.set("kind", .scalar(.enumeration(Self.cpuKind)))
        group.set("count", .scalar(.integer(1)))
        message.append("instance_group", .message(group))
    }

    /// The number of `KIND_CPU`; that of `KIND_AUTO` is 0.
    private static let cpuKind = 2

    private mutating func completeDynamicBatching() {
        guard var block = message.message("dynamic_batching"), dynamicBatching?.preferredBatchSizes.isEmpty == true
        else { return }
        block.append("preferred_batch_size", .scalar(.integer(Int64(maxBatchSize))))
        dynamicBatching?.preferredBatchSizes = [maxBatchSize]
        message.set("dynamic_batching", .message(block))
    }

    private mutating func append(parameter key: String, _ text: String) {
        var value = MessageValue(schema: ModelConfigurationSchema.parameter)
        value.set("string_value", .scalar(.text(text)))
        guard let field = message.schema.fields.first(where: { $0.name == "parameters" }),
            case .message(let schema) = field.kind
        else { preconditionFailure("a configuration has parameters") }
        var entry = MessageValue(schema: schema)
        entry.set("key", .scalar(.text(key)))
        entry.set("value", .message(value))
        message.append("parameters", .message(entry))
    }
}
