import LinuxSystem
import OpenInferenceProtocol
import TestSupport
import Testing

@testable import ModelRepository

/// What an ensemble tells about itself and its requests besides answers: labels, predictions, elements and memory.
struct EnsembleFiguresTests {
    private typealias Text = EnsembleText

    private static let rows = Text.tensor("input", "x", "FP32", "2")

    /// `first` has three margins, of which `next` makes a label.
    private static func folder() -> TemporaryFolder {
        let folder = TemporaryFolder()
        folder.write(SyntheticForest(featureCount: 2, marginCount: 3), as: "first")
        folder.write(
            SyntheticForest(featureCount: 3, isClassifier: true), as: "next",
            configuration: """
                output { name: "label" data_type: TYPE_INT64 dims: 1 }
                output { name: "margin" data_type: TYPE_FP32 dims: 1 }
                output { name: "leaf_indices" data_type: TYPE_INT32 dims: -1 }
                """)
        return folder
    }

    private static func model(_ name: String, _ loaded: RepositoryLoader.Loaded) throws -> ServedModel {
        try #require(loaded.table.servedModels.first { $0.name == name }, "\(loaded.report.text)")
    }

    private static func requestRows(_ values: [Float], for model: ServedModel) -> RequestRows {
        RequestRows(FeatureMatrix(values, for: model.signature.input))
    }

    // MARK: Labels

    private static func labelled(_ file: String) -> String {
        rows
            + "output { name: \"y\" data_type: TYPE_FP32 dims: 3 label_filename: \"\(file)\" }\n"
            + Text.scheduling(Text.step("first", [("features", "x")], [("margin", "y")]))
    }

    @Test func `the file of an output's labels is read`() throws {
        let folder = Self.folder()
        folder.writeEnsemble(Self.labelled("labels.txt"))
        folder.write("one\ntwo\n", to: "e/labels.txt")
        let model = try Self.model("e", folder.load())
        var request = InferenceRequest()
        var matrix = FeatureMatrix(for: model.signature.input, rowCapacity: 1)
        let body = Array(
            (#"{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":[0,0]}],"#
                + #""outputs":[{"name":"y","parameters":{"classification":3}}]}"#).utf8)
        try request.parse(body.span, headerLength: nil, for: model.signature, into: &matrix)
        matrix.advance(by: 1)
        let workspace = model.engine.makeWorkspace(rowCapacity: 1)
        workspace.evaluate(matrix, wanted: request.outputs.requested)
        var reply = ByteBuffer()
        _ = model.signature.responseTemplate.append(
            to: &reply, id: Span(), selection: request.outputs, special: request.specialOutputs,
            columns: workspace.outputs, rows: 0..<1)
        let text = reply.withBytes { $0.text($0.indices) }
        #expect(text.contains(":0:one\"") && text.contains(":1:two\"") && text.contains(":2\""), "\(text)")
    }

    @Test(arguments: [
        ("none.txt", "label_filename 'none.txt' cannot be read: "),
        ("../first/config.pbtxt", "label_filename '../first/config.pbtxt' is not the plain name of a file"),
    ])
    func `labels that cannot be read keep an ensemble from being loaded`(_ file: String, _ sentence: String) {
        let folder = Self.folder()
        folder.writeEnsemble(Self.labelled(file))
        let loaded = folder.load()
        let faults = RepositoryLoaderTests.findings(loaded.report.faults, in: folder)
        #expect(faults.count == 1 && faults[0].hasPrefix("e/config.pbtxt:3:"), "\(faults)")
        #expect(faults.first?.contains(sentence) == true)
        #expect(!loaded.table.servedModels.contains { $0.name == "e" })
    }

    // MARK: Predictions

    /// The last step's label, leaves and margin, and the first step's margins before or behind them.
    private static func predicting(firstComesFirst: Bool) -> String {
        let margins = Text.tensor("output", "m", "FP32", "3")
        let others =
            Text.tensor("output", "leaves", "INT32", "-1") + Text.tensor("output", "label", "INT64")
            + Text.tensor("output", "z", "FP32")
        return rows + (firstComesFirst ? margins + others : others + margins)
            + Text.scheduling(
                Text.step("first", [("features", "x")], [("margin", "m")]),
                Text.step(
                    "next", [("features", "m")], [("leaf_indices", "leaves"), ("label", "label"), ("margin", "z")]))
    }

    @Test func `rows are counted by the labels of the step that predicts first`() throws {
        let folder = Self.folder()
        folder.writeEnsemble(Self.predicting(firstComesFirst: false))
        let loaded = folder.load()
        let (model, next) = (try Self.model("e", loaded), try Self.model("next", loaded))
        let values: [Float] = (0..<2 * 1_300).map { index in Float(index * 37 % 101) / 16 - 3 }
        let rows = FeatureMatrix(values, for: model.signature.input)
        let workspace = model.engine.makeWorkspace(rowCapacity: 4)
        workspace.evaluate(rows, wanted: .max >> 60)
        let labels = workspace.outputs[1].integerValues
        let positives = labels.count { $0 != 0 }
        #expect(positives > 100 && positives < 1_200)
        for wanted: UInt64 in [0b0010, 0b0100, 0b1110, 0b1111] {
            #expect(workspace.positiveRowCount(of: 0..<1_300, wanted: wanted) == positives)
            #expect(workspace.positiveRowCount(of: 7..<30, wanted: wanted) == labels[7..<30].count { $0 != 0 })
            let evaluation = model.engine.share(Self.requestRows(values, for: model), wanted: wanted)
            for part in [600..<1_300, 0..<600] { evaluation.evaluate(rows: part) }
            #expect(evaluation.positiveRowCount == positives)
        }
        for wanted: UInt64 in [0b0001, 0b1000, 0b1001] {
            #expect(workspace.positiveRowCount(of: 0..<1_300, wanted: wanted) == nil, "nothing was predicted")
            let evaluation = model.engine.share(Self.requestRows(values, for: model), wanted: wanted)
            evaluation.evaluate(rows: 0..<1_300)
            #expect(evaluation.positiveRowCount == nil)
        }
        #expect(next.engine.predictedOutputs == 0b011)
        #expect(model.engine.predictedOutputs == 0b0110)
    }

    @Test func `an ensemble that answers with an inner model's scores first predicts those`() throws {
        let folder = Self.folder()
        folder.writeEnsemble(Self.predicting(firstComesFirst: true))
        #expect(try Self.model("e", folder.load()).engine.predictedOutputs == 0b0001)
    }

    // MARK: Elements

    @Test func `elements between the steps count for where a request is worked on`() throws {
        let folder = Self.folder()
        folder.writeEnsemble(
            Self.rows + Text.tensor("output", "z", "FP32")
                + Text.scheduling(
                    Text.step("first", [("features", "x")], [("margin", "m")]),
                    Text.step("next", [("features", "m")], [("margin", "z")])))
        folder.writeEnsemble(Self.predicting(firstComesFirst: true), as: "open")
        let loaded = folder.load()
        let model = try Self.model("e", loaded)
        // Three margins, and as many features again.
        #expect(model.signature.innerElementsPerRow == 6)
        #expect(try Self.model("open", loaded).signature.innerElementsPerRow == 3, "the margins are answered")
        #expect(try Self.model("first", loaded).signature.innerElementsPerRow == 0)
        var request = InferenceRequest()
        var matrix = FeatureMatrix(for: model.signature.input, rowCapacity: 0)
        let body = Array(#"{"inputs":[{"name":"x","shape":[2,2],"datatype":"FP32","data":[1,2,3,4]}]}"#.utf8)
        try request.parse(body.span, headerLength: nil, for: model.signature, into: &matrix)
        #expect(request.outputElementCount == 2 * (1 + 6))
    }

    @Test func `memory of a thread is kept unless its rows are very wide`() throws {
        let folder = Self.folder()
        let width = 5_000
        folder.write(SyntheticForest(featureCount: width), as: "broad")
        folder.writeEnsemble(Self.predicting(firstComesFirst: true), as: "narrow")
        folder.writeEnsemble(
            Text.tensor("input", "x", "FP32", "\(width)") + Text.tensor("output", "y", "FP32")
                + Text.scheduling(Text.step("broad", [("features", "x")], [("margin", "y")])), as: "wide")
        let loaded = folder.load()
        for (name, kept) in [("narrow", 1), ("wide", 0)] {
            let model = try Self.model(name, loaded)
            let engine = try #require(model.engine as? EnsembleEngine)
            let count = 100 * model.signature.input.featureCount
            let rows = Self.requestRows((0..<count).map { Float($0 % 7) }, for: model)
            let evaluation = engine.share(rows, wanted: 1)
            evaluation.evaluate(rows: 0..<100)
            #expect(engine.freeDeskCount == kept, "\(name)")
        }
        // The rows of the request, those of the step, and its margin, of the smallest block.
        #expect(64 * 8 * (2 * width + 1) > ModelRepositoryLimits.keptDeskByteCount)
    }
}
