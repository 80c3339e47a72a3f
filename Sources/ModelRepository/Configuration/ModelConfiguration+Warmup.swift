import OpenInferenceProtocol

extension ModelConfiguration {
    /// Requests that a version answers before it serves.
    package struct WarmupSample: Sendable {
        /// What the rows of an input are.
        enum Content: Sendable, Equatable {
            case zeros
            /// Numbers of no meaning, the same at each load.
            case random
            /// A file of the model's folder for samples.
            case file(String)
        }

        /// One tensor.
        struct Input: Sendable {
            var name: String
            var datatype: Datatype
            /// Without the dimension of the batch.
            var dims: [Int]
            var content: Content
            var position: TextPosition
        }

        var name: String
        /// Rows of a request, all alike.
        var rowCount: Int
        var inputs: [Input]
        /// How often the request is made.
        var count: Int
        var position: TextPosition
    }

    /// Reads and checks `model_warmup`.
    ///
    /// - Source: Triton's `model_config.proto`, `ModelWarmup`: a sample without batch size is ignored, a count of zero
    ///   stands for one.
    static func warmupSamples(of message: MessageValue) throws(TextFormatFault) -> [WarmupSample] {
        var samples: [WarmupSample] = []
        for sample in message.messages("model_warmup") where sample.unsigned("batch_size") > 0 {
            guard samples.count < ModelRepositoryLimits.warmupSampleLimit else {
                throw TextFormatFault(.meaningless("more than \(samples.count) samples"), at: sample.position)
            }
            let count = Int(clamping: max(1, sample.unsigned("count")))
            guard count <= ModelRepositoryLimits.warmupCountLimit else {
                throw TextFormatFault(
                    .meaningless("count \(count) is more than \(ModelRepositoryLimits.warmupCountLimit)"),
                    at: sample.position(of: "count"))
            }
            var inputs: [WarmupSample.Input] = []
            for entry in sample.messages("inputs") { inputs.append(try warmupInput(entry)) }
            if inputs.isEmpty {
                throw TextFormatFault(
                    .meaningless("sample '\(sample.text("name"))' has no inputs"), at: sample.position)
            }
            samples.append(
                WarmupSample(
                    name: sample.text("name"), rowCount: Int(clamping: sample.unsigned("batch_size")), inputs: inputs,
                    count: count, position: sample.position))
        }
        return samples
    }

    private static func warmupInput(_ entry: MessageValue) throws(TextFormatFault) -> WarmupSample.Input {
        let name = entry.text("key")
        func fault(_ sentence: String) -> TextFormatFault {
            TextFormatFault(.meaningless("input '\(name)' \(sentence)"), at: entry.position)
        }
        guard let value = entry.message("value") else { throw fault("has no value") }
        guard let datatype = Datatype(rawValue: UInt8(value.enumeration("data_type"))) else {
            throw fault("has no data_type")
        }
        let dims = value.integers("dims")
        guard dims.count <= OpenInferenceProtocolLimits.dimensionCount, dims.allSatisfy({ $0 > 0 && $0 < 1 << 31 })
        else { throw fault("has dims that are not positive, or too many") }
        let content: WarmupSample.Content
        if value.boolean("zero_data") {
            content = .zeros
        } else if value.boolean("random_data") {
            content = .random
        } else if value.has("input_data_file") {
            let file = value.text("input_data_file")
            guard ModelName.isSafe(file) else { throw fault("names no plain file in '\(file)'") }
            content = .file(file)
        } else {
            throw fault("has neither zero_data nor random_data nor input_data_file")
        }
        return WarmupSample.Input(
            name: name, datatype: datatype, dims: dims.map { Int($0) }, content: content, position: entry.position)
    }
}
