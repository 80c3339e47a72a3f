import LinuxSystem
import OpenInferenceProtocol
package import TextEmbedding
package import TreeEnsembles

/// Text encoders: three files in a version's directory, as sentence-transformers saves them.
extension ModelLoader {
    /// What the input and the output of an encoder are called unless the configuration names them.
    private static let inputName = "text"
    private static let outputName = "embedding"
    /// What stands before the name of a file in the name of the parameter that says its hash.
    private static let hashPrefix = "sha256."
    private static let tokenLimitKey = "max_tokens"

    /// Loads a version whose backend is `text_encoder`.
    func loadTextEncoder(
        _ version: ScannedModel.Version, of scanned: ScannedModel, _ loadPlan: LoadPlan, notices: inout [LoadNotice]
    ) throws(LoadFault) -> ServedModel {
        let clock = SystemClock()
        let begin = clock.now()
        var completed = loadPlan.configuration
        noteUnused(loadPlan, of: scanned, &notices)
        let tokenLimit = try readParameters(of: completed, scanned)
        let encoder = try readEncoder(version, of: scanned, completed, tokenLimit: tokenLimit)
        completed.fillBatchSize()
        let input = TensorMetadata(
            name: try name(of: completed.inputs, .bytes, [[-1], [1]], "input", scanned) ?? Self.inputName,
            datatype: .bytes, dims: [-1])
        let width = encoder.width
        let output = TensorMetadata(
            name: try name(of: completed.outputs, .float32, [[width], [-1, width]], "output", scanned)
                ?? Self.outputName,
            datatype: .float32, dims: [-1, width])
        let engine = TextEngine(encoder, output: output)
        completed.complete(
            inputs: [input], outputs: [output], fileName: EncoderFiles.weights,
            engine: ModelConfiguration.EngineReport(
                name: Self.engineName, instructionSet: instructionSet.rawValue, refusals: []))
        let layout = InputLayout(
            kind: .texts(name: input.name), featureCount: 1, maxBatchSize: completed.maxBatchSize)
        let signature = ModelSignature(
            name: scanned.name, version: "\(version.number)", platform: completed.platform, input: layout,
            outputs: engine.outputs, costlyOutputs: engine.costlyOutputs)
        try warm(engine, signature, for: scanned, loadPlan)
        var size = ModelSize()
        size.tableByteCount = encoder.byteCount
        return ServedModel(
            signature: signature, version: version.number, inputs: [input], configuration: completed,
            format: "safetensors", engineName: Self.engineName, engine: engine, size: size,
            loadSeconds: Double((clock.now() - begin).count) / 1e9)
    }

    private static let engineName = "text-encoder"

    private func fault(
        _ sentence: String, at position: TextPosition, _ scanned: ScannedModel
    ) -> LoadFault {
        .configuration(
            file: configurationPath(scanned), TextFormatFault(.meaningless(sentence), at: position))
    }

    /// Says what of the configurations does nothing for texts.
    private func noteUnused(_ plan: LoadPlan, of scanned: ScannedModel, _ notices: inout [LoadNotice]) {
        func note(_ what: String, at position: TextPosition?, in path: String) {
            notices.append(
                LoadNotice(path: path, position: position, sentence: "\(what): a text encoder has no features"))
        }
        if !plan.rowan.features.isEmpty {
            note("features have no effect", at: plan.rowan.featuresPosition, in: rowanPath(scanned))
        }
        if let drift = plan.rowan.drift {
            note("drift has no effect", at: drift.position, in: rowanPath(scanned))
        }
        if let monitoring = plan.rowan.monitoring {
            note("monitoring has no effect", at: monitoring.position, in: rowanPath(scanned))
        }
        if plan.configuration.dynamicBatching != nil {
            notices.append(
                LoadNotice(
                    path: configurationPath(scanned),
                    sentence: "dynamic_batching has no effect: texts go to the compute pool as they come"))
        }
    }

    /// Checks the parameters.
    ///
    /// - Returns: most tokens of a text; nil for the encoder's own.
    private func readParameters(
        of configuration: ModelConfiguration, _ scanned: ScannedModel
    ) throws(LoadFault) -> Int? {
        let known = EncoderFiles.all.map { Self.hashPrefix + $0 } + [Self.tokenLimitKey]
        var limit: Int?
        for parameter in configuration.parameters {
            if parameter.key == Self.tokenLimitKey {
                guard let number = Int(parameter.value), number >= 2, number <= TextEmbeddingLimits.tokensPerText
                else {
                    throw fault(
                        "max_tokens '\(parameter.value)' is no number from 2 to \(TextEmbeddingLimits.tokensPerText)",
                        at: parameter.position, scanned)
                }
                limit = number
            } else if !known.contains(parameter.key) {
                let hint = NearestName.among(known, to: parameter.key).map { "; did you mean '\($0)'?" } ?? ""
                throw fault(
                    "a text encoder has no parameter '\(parameter.key)'\(hint)", at: parameter.position, scanned)
            }
        }
        return limit
    }

    /// The name that a configuration gives the only tensor; nil if it declares none.
    private func name(
        of tensors: [ModelConfiguration.Tensor], _ datatype: Datatype, _ dims: [[Int]], _ what: String,
        _ scanned: ScannedModel
    ) throws(LoadFault) -> String? {
        guard let tensor = tensors.first else { return nil }
        guard tensors.count == 1, tensor.datatype == datatype, dims.contains(tensor.dims) else {
            throw fault(
                "the \(what) of a text encoder is one, \(datatype.name) of dims \(dims[0])",
                at: tensors.count == 1 ? tensor.position : tensors[1].position, scanned)
        }
        return tensor.name
    }

    /// Holds a file against the hash that the configuration gives it, if it does.
    private func check(
        _ content: borrowing ByteBuffer, against expected: ModelConfiguration.Parameter?, _ directory: String,
        _ name: String
    ) throws(LoadFault) {
        guard let expected else { return }
        let found: String
        do throws(TextEmbeddingFault) {
            found = try content.withBytes { (bytes) throws(TextEmbeddingFault) in try FileHash.sha256(of: bytes) }
        } catch {
            throw .encoder(directory: directory, error)
        }
        guard found == expected.value else {
            throw .arrangement(
                path: "\(directory)/\(name)",
                sentence: "is not the file that \(expected.key) names: its hash is \(found)")
        }
    }

    private func readEncoder(
        _ version: ScannedModel.Version, of scanned: ScannedModel, _ configuration: ModelConfiguration,
        tokenLimit: Int?
    ) throws(LoadFault) -> TextEncoder {
        let directory = version.path == scanned.directory ? scanned.name : "\(scanned.name)/\(version.number)"
        if version.isFile {
            throw .arrangement(path: scanned.name, sentence: "a text encoder is a directory of files")
        }
        func read(_ name: String, limit: Int) throws(LoadFault) -> ByteBuffer {
            let content = try readFile(
                "\(version.path)/\(name)", of: scanned, shownAs: "\(directory)/\(name)", limit: limit)
            try check(content, against: configuration.parameter(Self.hashPrefix + name), directory, name)
            return content
        }
        let description = try read(EncoderFiles.configuration, limit: TextEmbeddingLimits.configurationByteCount)
        let vocabulary = try read(EncoderFiles.vocabulary, limit: TextEmbeddingLimits.vocabularyByteCount)
        let weights = try read(EncoderFiles.weights, limit: TextEmbeddingLimits.weightFileByteCount)
        do throws(TextEmbeddingFault) {
            return try TextEncoder(
                configuration: description.bytes, vocabulary: vocabulary.bytes, weights: weights.bytes,
                tokenLimit: tokenLimit, instructions: EncoderInstructions(instructionSet))
        } catch {
            throw .encoder(directory: directory, error)
        }
    }
}

extension EncoderInstructions {
    /// The instructions of a set that kernels are compiled for.
    package init(_ set: InstructionSet) {
        self =
            switch set {
            case .baseline: .baseline
            case .v3: .avx2
            case .v4, .vbmi: .avx512
            }
    }
}
