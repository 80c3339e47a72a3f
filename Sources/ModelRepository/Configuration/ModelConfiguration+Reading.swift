import OpenInferenceProtocol

extension ModelConfiguration {
    /// Reads and checks a `config.pbtxt`.
    ///
    /// - Parameter directoryName: the model's directory; a `name` in the file must equal it.
    package static func read(
        _ bytes: Span<UInt8>, directoryName: String
    ) throws(TextFormatFault) -> ModelConfiguration {
        let (message, notices) = try TextFormatParser.parse(bytes, as: ModelConfigurationSchema.modelConfiguration)
        return try ModelConfiguration(message, notices: notices, directoryName: directoryName)
    }

    /// Reads and checks a configuration that a load request brings as JSON.
    ///
    /// - Parameter directoryName: the model's name; a `name` in the text must equal it.
    package static func read(
        json bytes: Span<UInt8>, directoryName: String
    ) throws(TextFormatFault) -> ModelConfiguration {
        let (message, notices) = try MessageJSONReader.parse(bytes, as: ModelConfigurationSchema.modelConfiguration)
        return try ModelConfiguration(message, notices: notices, directoryName: directoryName)
    }

    /// The configuration of a directory that has no `config.pbtxt`.
    package static func inferred(directoryName: String) -> ModelConfiguration {
        let message = MessageValue(schema: ModelConfigurationSchema.modelConfiguration)
        do throws(TextFormatFault) {
            return try ModelConfiguration(message, notices: [], directoryName: directoryName)
        } catch {
            preconditionFailure("an empty configuration is a valid one: \(error)")
        }
    }

    private init(
        _ message: MessageValue, notices: [TextFormatParser.Notice], directoryName: String
    ) throws(TextFormatFault) {
        var message = message
        // A configuration that was read from the endpoint and stored carries these; they describe another load.
        message.filterMessages("parameters") { !$0.text("key").hasPrefix(Self.ownParameterPrefix) }
        let name = message.text("name")
        if !name.isEmpty && name != directoryName {
            throw Self.fault("name", "the name '\(name)' differs from the directory's, '\(directoryName)'", message)
        }
        self.name = directoryName
        backend = try Self.backend(of: message)
        platform = message.text("platform").isEmpty ? backend.rawValue : message.text("platform")
        versionPolicy = try Self.versionPolicy(of: message)
        maxBatchSize = Int(message.integer("max_batch_size"))
        if maxBatchSize < 0 { throw Self.fault("max_batch_size", "max_batch_size is negative", message) }
        inputs = try Self.tensors("input", of: message)
        outputs = try Self.tensors("output", of: message)
        defaultModelFilename = message.text("default_model_filename")
        if !defaultModelFilename.isEmpty && !ModelName.isSafe(defaultModelFilename) {
            throw Self.fault(
                "default_model_filename", "default_model_filename is not the plain name of a file", message)
        }
        parameters = message.messages("parameters").map { entry in
            Parameter(
                key: entry.text("key"), value: entry.message("value")?.text("string_value") ?? "",
                position: entry.position)
        }
        dynamicBatching = try Self.dynamicBatching(of: message, maxBatchSize: maxBatchSize)
        metricTags = try Self.metricTags(of: message)
        warmupSamples = try Self.warmupSamples(of: message)
        ensembleSteps = try Self.ensembleSteps(of: message, isEnsemble: backend == .ensemble)
        self.notices = notices
        self.message = message
        if message.message("model_transaction_policy")?.boolean("decoupled") == true {
            throw Self.fault("model_transaction_policy", "decoupled models are not served", message)
        }
        noteBackend()
        noteBatchSize()
        try noteInstanceGroups()
        noteOptionalInputs()
    }

    /// Forests that ONNX Runtime evaluates in Triton are forests here.
    private mutating func noteBackend() {
        for field in ["backend", "platform"] where Self.onnxRuntimeNames.contains(message.text(field)) {
            notices.append(
                TextFormatParser.Notice(
                    position: message.position(of: field), field: field,
                    sentence: "the model is served as 'forest', whose outputs have names of their own, among them "
                        + "label, probabilities and score"))
        }
    }

    /// Triton takes no batches of a model without `max_batch_size`; of a forest each row is one.
    private mutating func noteBatchSize() {
        guard backend != .ensemble, message.has("max_batch_size"), maxBatchSize == 0 else { return }
        notices.append(
            TextFormatParser.Notice(
                position: message.position(of: "max_batch_size"), field: "max_batch_size",
                sentence: "0 is served as \(ModelRepositoryLimits.inferredBatchSize): requests have a dimension of "
                    + "rows whether or not one is declared"))
    }

    /// Only an ensemble obeys what its configuration says about inputs that may be missing.
    private mutating func noteOptionalInputs() {
        guard backend != .ensemble else { return }
        for input in message.messages("input") where input.has("optional") {
            if notices.count >= ModelRepositoryLimits.noticeLimit { return }
            notices.append(
                TextFormatParser.Notice(
                    position: input.position(of: "optional"), field: "input.optional",
                    sentence: "whether a feature may be missing stands in rowan.pbtxt"))
        }
    }

    /// What `rowan.` parameters of the configuration endpoint begin with.
    static let ownParameterPrefix = "rowan."

    private static func fault(_ field: String, _ sentence: String, _ message: MessageValue) -> TextFormatFault {
        TextFormatFault(.meaningless(sentence), at: message.position(of: field))
    }

    /// Tags become names of labels, and Prometheus reads a page only if all of them are such.
    private static func metricTags(of message: MessageValue) throws(TextFormatFault) -> [MetricTag] {
        var tags: [MetricTag] = []
        for entry in message.messages("metric_tags") {
            let tag = MetricTag(key: entry.text("key"), value: entry.text("value"))
            let isName = tag.key.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
            guard isName && !tag.key.isEmpty else {
                throw fault("key", "metric_tags key '\(tag.key)' is not of letters, digits and underscores", entry)
            }
            tags.append(tag)
        }
        return tags
    }

    /// What models of ONNX Runtime have for `backend`, and for `platform`.
    private static let onnxRuntimeNames: Set<String> = ["onnxruntime", "onnxruntime_onnx"]

    private static func backend(of message: MessageValue) throws(TextFormatFault) -> Backend {
        let platform = message.text("platform")
        if platform == Backend.ensemble.rawValue || message.text("backend") == Backend.ensemble.rawValue {
            guard platform == Backend.ensemble.rawValue, message.text("backend").isEmpty else {
                throw fault("backend", "an ensemble has platform 'ensemble' and no backend", message)
            }
            return .ensemble
        }
        let field = message.text("backend").isEmpty ? "platform" : "backend"
        let name = message.text(field)
        if name.isEmpty || onnxRuntimeNames.contains(name) { return .forest }
        guard let backend = Backend(rawValue: name) else {
            let nearest = NearestName.among(Backend.allCases.map(\.rawValue), to: name)
            let known =
                "'forest', 'fil', 'text_encoder' and ensembles are, and without this line the model file says what it "
                + "is"
            let hint = nearest.map { "did you mean '\($0)'?" } ?? known
            throw fault(field, "\(field) '\(name)' is not served; \(hint)", message)
        }
        return backend
    }

    private static func versionPolicy(of message: MessageValue) throws(TextFormatFault) -> VersionPolicy {
        guard let policy = message.message("version_policy") else { return .latest(1) }
        if policy.has("all") { return .all }
        if let specific = policy.message("specific") {
            let versions = specific.integers("versions")
            if versions.isEmpty { throw fault("version_policy", "no version is named", message) }
            if versions.contains(where: { $0 < 0 }) {
                throw fault("version_policy", "versions are not negative", message)
            }
            return .specific(versions)
        }
        // Zero stands for the field's documented default.
        return .latest(Int(max(policy.message("latest")?.unsigned("num_versions") ?? 1, 1)))
    }

    private static func tensors(_ field: String, of message: MessageValue) throws(TextFormatFault) -> [Tensor] {
        var tensors: [Tensor] = []
        for tensor in message.messages(field) {
            let name = tensor.text("name")
            if name.isEmpty { throw TextFormatFault(.meaningless("the \(field) has no name"), at: tensor.position) }
            if tensors.contains(where: { $0.name == name }) {
                throw Self.fault("name", "\(field) '\(name)' is given twice", tensor)
            }
            if tensors.count == OpenInferenceProtocolLimits.inputCount {
                throw TextFormatFault(.meaningless("more than \(tensors.count) \(field)s"), at: tensor.position)
            }
            guard let datatype = Datatype(rawValue: UInt8(tensor.enumeration("data_type"))) else {
                throw Self.fault("data_type", "\(field) '\(name)' has no data_type", tensor)
            }
            let dims = tensor.integers("dims")
            if dims.isEmpty { throw Self.fault("dims", "\(field) '\(name)' has no dims", tensor) }
            if dims.count > OpenInferenceProtocolLimits.dimensionCount {
                throw Self.fault("dims", "\(field) '\(name)' has \(dims.count) dims", tensor)
            }
            if dims.contains(where: { $0 < -1 || $0 == 0 }) {
                throw Self.fault("dims", "a dimension of \(field) '\(name)' is neither positive nor -1", tensor)
            }
            var read = Tensor(name: name, datatype: datatype, dims: dims.map { Int($0) }, position: tensor.position)
            if field == "input" { read.isOptional = tensor.boolean("optional") }
            if field == "output" {
                read.labelFileName = tensor.text("label_filename")
                read.labelPosition = tensor.position(of: "label_filename")
            }
            tensors.append(read)
        }
        return tensors
    }

    private mutating func noteInstanceGroups() throws(TextFormatFault) {
        for group in message.messages("instance_group") {
            if group.integer("count") < 0 { throw Self.fault("count", "the count is negative", group) }
            if group.integer("count") > 1 {
                notices.append(
                    TextFormatParser.Notice(
                        position: group.position(of: "count"), field: "instance_group.count",
                        sentence: "every event loop evaluates the model; the number of loops is --threads"))
            }
            if group.enumeration("kind") != Self.gpuKind { continue }
            notices.append(
                TextFormatParser.Notice(
                    position: group.position(of: "kind"), field: "instance_group.kind",
                    sentence: "this server has no GPU; the model runs on the CPU"))
        }
    }

    /// The number of `KIND_GPU`.
    private static let gpuKind = 1
}
