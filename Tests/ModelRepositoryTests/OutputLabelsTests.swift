import LinuxSystem
import OpenInferenceProtocol
import TestSupport
import Testing

@testable import ModelRepository

/// Names of outputs' elements: from a file of the model's directory, or from the model file.
struct OutputLabelsTests {
    private static let probabilities = "output { name: \"probabilities\" data_type: TYPE_FP32 dims: "

    /// The labels with which an output of a loaded model is answered, by the index of the element.
    private func labels(
        _ name: String, _ fixture: TrainerFixture, file: String, _ configuration: String?, labels: [UInt8]? = nil
    ) throws -> [Int: String] {
        let folder = TemporaryFolder()
        try folder.writeModel(fixture, file: file, configuration: configuration)
        if let labels { folder.write(labels, to: "m/labels.txt") }
        let loaded = folder.load()
        let model = try #require(loaded.table.servedModels.first, "\(loaded.report.text)")
        let width = model.signature.input.featureCount
        let zeros = [String](repeating: "0", count: width).joined(separator: ",")
        let body = Array(
            (#"{"inputs":[{"name":"features","shape":[1,\#(width)],"datatype":"FP32","data":[\#(zeros)]}],"outputs":"#
                + #"[{"name":"\#(name)","parameters":{"classification":100}}]}"#).utf8)
        var request = InferenceRequest()
        var matrix = FeatureMatrix(for: model.signature.input, rowCapacity: 1)
        try request.parse(body.span, headerLength: nil, for: model.signature, into: &matrix)
        matrix.advance(by: 1)
        let workspace = model.engine.makeWorkspace(rowCapacity: 1)
        workspace.evaluate(matrix, wanted: request.outputs.requested)
        var reply = ByteBuffer()
        _ = model.signature.responseTemplate.append(
            to: &reply, id: Span(), selection: request.outputs, special: request.specialOutputs,
            columns: workspace.outputs, rows: 0..<1)
        let text = reply.withBytes { $0.text($0.indices) }
        let data = try #require(text.split(separator: "\"data\":[").last).prefix { $0 != "]" }
        var found: [Int: String] = [:]
        for element in data.split(separator: ",") {
            let parts = element.dropFirst().dropLast().split(separator: ":")
            found[try #require(Int(parts[1]))] = parts.count > 2 ? String(parts[2]) : ""
        }
        return found
    }

    @Test func `a file of the model's directory names the elements, as far as it goes`() throws {
        let configuration = Self.probabilities + "3 label_filename: \"labels.txt\" }"
        func read(_ content: String) throws -> [Int: String] {
            try labels(
                "probabilities", .softmax, file: "model.json", configuration, labels: Array(content.utf8))
        }
        #expect(try read("one\ntwo\nthree\n") == [0: "one", 1: "two", 2: "three"])
        #expect(try read("one\r\n\r\nthr\u{e9}\u{e9}") == [0: "one", 1: "", 2: "thr\u{e9}\u{e9}"])
        #expect(try read("one\ntwo\nthree\nfour\n") == [0: "one", 1: "two", 2: "three"])
        #expect(try read("") == [0: "", 1: "", 2: ""])
    }

    @Test func `labels of the model file name what there is one of per class`() throws {
        let fixture = TrainerFixture.textLabels
        func read(_ name: String, _ configuration: String? = nil, _ content: String? = nil) throws -> [Int: String] {
            try labels(
                name, fixture, file: "model.cbm", configuration, labels: content.map { Array($0.utf8) })
        }
        let named = try read("probabilities")
        #expect(named.count >= 2 && named.values.allSatisfy { !$0.isEmpty } && Set(named.values).count == named.count)
        let margins = try read("margin")
        #expect(margins == (margins.count == named.count ? named : [0: ""]))
        let configuration = Self.probabilities + "\(named.count) label_filename: \"labels.txt\" }"
        #expect(try read("probabilities", configuration, "mine")[0] == "mine")
    }

    @Test func `a model file without labels names nothing`() throws {
        let found = try labels("probabilities", .softmax, file: "model.json", nil)
        #expect(found == [0: "", 1: "", 2: ""])
    }

    @Test func `a file that does not serve is a fault with its place`() throws {
        func fault(_ name: String, _ content: [UInt8]?) throws -> String {
            let folder = TemporaryFolder()
            let configuration = "\n" + Self.probabilities + "3\nlabel_filename: \"\(name)\" }"
            try folder.writeModel(.softmax, file: "model.json", configuration: configuration)
            if let content { folder.write(content, to: "m/labels.txt") }
            let loaded = folder.load()
            #expect(loaded.table.servedModels.isEmpty)
            return loaded.table.index.map(\.reason).first ?? ""
        }
        let missing = "label_filename 'labels.txt' cannot be read: No such file or directory (open)"
        #expect(try fault("labels.txt", nil) == "m/config.pbtxt:3:1: " + missing)
        for name in ["../labels.txt", "1/labels.txt", "/labels.txt", ".labels"] {
            #expect(
                try fault(name, [0x61])
                    == "m/config.pbtxt:3:1: label_filename '\(name)' is not the plain name of a file")
        }
        #expect(try fault("labels.txt", [0x61, 0x0a, 0xff]) == "m/labels.txt:2:1: the label is not UTF-8")
        let large = [UInt8](repeating: 0x0a, count: ModelRepositoryLimits.labelFileByteLimit + 1)
        #expect(try fault("labels.txt", large).contains("cannot be read: larger than 16777216 bytes"))
    }

    @Test func `lines are limited in length and number`() throws {
        let longest = [UInt8](repeating: 0x61, count: ModelRepositoryLimits.labelByteLimit)
        #expect(try ModelLoader.lines(of: longest.span).count == 1)
        let longer = [0x0a] + longest + [0x61]
        let fault = TextFormatFault(
            .meaningless("a label of 1025 bytes, 1024 are permitted"), at: TextPosition(line: 2, column: 1))
        #expect(throws: fault) {
            _ = try ModelLoader.lines(of: longer.span)
        }
        let most = [UInt8](repeating: 0x0a, count: ModelRepositoryLimits.labelLineLimit)
        #expect(try ModelLoader.lines(of: most.span).count == ModelRepositoryLimits.labelLineLimit)
        #expect(throws: TextFormatFault.self) { _ = try ModelLoader.lines(of: (most + [0x0a]).span) }
    }

    @Test func `a file of labels that changes is a change of the model`() throws {
        let folder = TemporaryFolder()
        try folder.writeModel(
            .softmax, file: "model.json", configuration: Self.probabilities + "3 label_filename: \"labels.txt\" }")
        folder.write("a\n", to: "m/labels.txt")
        func fingerprint() throws -> ModelFingerprint {
            let scan = RepositoryScanner.scan(repositories: [folder.path], models: [])
            return ModelFingerprint(of: try #require(scan.models.first))
        }
        let before = try fingerprint()
        #expect(try fingerprint().isSame(1, as: before))
        folder.write("bb\n", to: "m/labels.txt")
        #expect(try !fingerprint().isSame(1, as: before))
    }
}
