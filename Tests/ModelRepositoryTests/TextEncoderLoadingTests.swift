import LinuxSystem
import OpenInferenceProtocol
import TestSupport
import TextEmbedding
import Testing
import TreeEnsembles

@testable import ModelRepository

/// Text encoders as models: what their configuration may say, and what loads.
@Suite struct TextEncoderLoadingTests {
    private static let files = "\(RepositoryRoot.path)/.build/embedder/text_embedder/1"

    /// Loads a model of backend `text_encoder` without files, and returns why it is not served.
    private func fault(_ configuration: String, files: [String: String] = [:]) -> String {
        let folder = TemporaryFolder()
        folder.write("backend: \"text_encoder\"\n" + configuration, to: "m/config.pbtxt")
        folder.write("", to: "m/1/placeholder.txt")
        for (name, content) in files { folder.write(content, to: "m/1/\(name)") }
        let loaded = folder.load()
        #expect(loaded.table.servedModels.isEmpty)
        return loaded.report.faults.map { "\($0.sentence)" }.joined(separator: "; ")
    }

    @Test(arguments: [
        ("", "No such file"),
        (
            "parameters { key: \"max_tokens\" value { string_value: \"1\" } }",
            "max_tokens '1' is no number from 2 to \(TextEmbeddingLimits.tokensPerText)"
        ),
        (
            "parameters { key: \"max_token\" value { string_value: \"9\" } }",
            "a text encoder has no parameter 'max_token'; did you mean 'max_tokens'?"
        ),
    ])
    func `a configuration is checked before files are read`(_ configuration: String, _ sentence: String) {
        #expect(fault(configuration).contains(sentence), "\(fault(configuration))")
    }

    @Test func `a file of another hash is refused`() {
        let configuration =
            "parameters { key: \"sha256.config.json\" value { string_value: \"e3b0c442\" } }"
        // SHA-256 of "{}", as sha256sum computes it.
        let hash = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
        let found = fault(configuration, files: ["config.json": "{}"])
        #expect(found.contains("is not the file that sha256.config.json names: its hash is \(hash)"), "\(found)")
    }

    @Test func `an encoder of another shape is refused with its file`() {
        let found = fault("", files: ["config.json": "{}", "vocab.txt": "", "model.safetensors": ""])
        #expect(found.contains("model_type: expected \"bert\""), "\(found)")
    }

    @Test func `the embedder is served as a model`() throws {
        guard FileSystem.exists(Self.files + "/" + EncoderFiles.weights) else {
            print("not run: no embedder; `make embedder` fetches it")
            return
        }
        let loaded = RepositoryLoader(instructionSet: .detect()).load(
            repositories: ["\(RepositoryRoot.path)/.build/embedder"])
        let model = try #require(loaded.table.servedModels.first, "\(loaded.report.text)")
        #expect(model.name == "text_embedder" && model.engineName == "text-encoder" && model.format == "safetensors")
        #expect(model.inputs == [TensorMetadata(name: "text", datatype: .bytes, dims: [-1])])
        #expect(
            model.signature.outputs == [TensorMetadata(name: "embedding", datatype: .float32, dims: [-1, 384])])
        #expect(model.signature.isCostly)
        #expect(model.size.tableByteCount > 80_000_000)
        #expect(loaded.report.text.contains("  size engine 9"), "\(loaded.report.text)")
        let body = Array(
            #"{"inputs":[{"name":"text","shape":[3],"datatype":"BYTES","data":["disk full","","disk full"]}]}"#.utf8)
        var request = InferenceRequest()
        var matrix = FeatureMatrix(for: model.signature.input, rowCapacity: 0)
        try request.parse(body.span, headerLength: nil, for: model.signature, into: &matrix)
        matrix.advance(by: request.rowCount)
        let workspace = model.engine.makeWorkspace(rowCapacity: 0)
        workspace.evaluate(matrix, wanted: 1)
        let shared = model.engine.share(RequestRows(matrix), wanted: 1)
        // In pieces, out of order, as threads of the pool take them.
        for part in [1..<3, 0..<1] { shared.evaluate(rows: part) }
        #expect(shared.tokenCount == 4 + 2 + 4)
        for index in 0..<3 * 384 {
            #expect(shared.outputs[0].real(at: index) == workspace.outputs[0].real(at: index))
        }
        for index in 0..<384 {
            #expect(shared.outputs[0].real(at: index) == shared.outputs[0].real(at: 2 * 384 + index))
        }
    }
}
