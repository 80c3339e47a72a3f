import OpenInferenceProtocol
import TestSupport
import Testing

@testable import ModelRepository

/// A LightGBM file becomes a served model of either backend.
@Suite struct LightGBMModelTests {
    private static let fixture = TrainerFixture("lightgbm_text/rf_multiclass")

    private static func evaluate(_ model: ServedModel) throws -> [String: OutputColumn] {
        let rows = try fixture.doubles("inputs.f64")
        let workspace = model.engine.makeWorkspace(rowCapacity: 0)
        workspace.evaluate(FeatureMatrix(rows, for: model.signature.input), wanted: .max)
        return Dictionary(uniqueKeysWithValues: workspace.outputs.map { ($0.metadata.name, $0) })
    }

    @Test func `a file alone is a classifier with margins, probabilities and labels`() throws {
        let folder = TemporaryFolder()
        try folder.writeModel(Self.fixture, file: "model.txt")
        let loaded = folder.load()
        let model = try #require(loaded.table.servedModels.first, "\(loaded.report.text)")
        #expect(model.format == "lightgbm")
        let outputs = try Self.evaluate(model)
        let probabilities = try Self.fixture.doubles("expected_prediction.f64")
        #expect(outputs["margin"]?.floatValues == (try Self.fixture.doubles("expected_margin.f64").map { Float($0) }))
        #expect(outputs["probabilities"]?.floatValues == probabilities.map { Float($0) })
        let labels = stride(from: 0, to: probabilities.count, by: 3).map { first in
            (0..<3).reduce(0) { probabilities[first + $1] > probabilities[first + $0] ? $1 : $0 }
        }
        #expect(outputs["label"]?.integerValues == labels.map { Int64($0) })
    }

    @Test func `FIL finds model.txt and answers an average over rounds`() throws {
        let folder = TemporaryFolder()
        let configuration = FILContractTests.configuration(
            ["is_classifier": "true", "predict_proba": "true"], dims: "[ 3 ]", type: "lightgbm")
        try folder.writeModel(Self.fixture, file: "model.txt", configuration: configuration)
        let loaded = folder.load()
        let model = try #require(loaded.table.servedModels.first, "\(loaded.report.text)")
        // FIL's input is float32; of the fixture's rows those count that are float32 values.
        let width = model.signature.input.featureCount
        let values = try Self.fixture.doubles("inputs.f64")
        let whole = (0..<values.count / width).filter { row in
            values[row * width..<(row + 1) * width].allSatisfy { $0.isNaN || Double(Float($0)) == $0 }
        }
        try #require(whole.count > 15)
        let rows = whole.flatMap { values[$0 * width..<($0 + 1) * width].map { Float($0) } }
        let expected = try Self.fixture.doubles("expected_prediction.f64")
        #expect(
            model.evaluate(rows)["output__0"]?.floatValues
                == whole.flatMap { row in expected[row * 3..<row * 3 + 3].map { Float($0) } })
    }

    @Test func `linear trees answer as LightGBM does, and are not explained`() throws {
        let folder = TemporaryFolder()
        let fixture = TrainerFixture("lightgbm_text/linear")
        try folder.writeModel(fixture, file: "model.txt")
        let loaded = folder.load()
        let model = try #require(loaded.table.servedModels.first, "\(loaded.report.text)")
        let workspace = model.engine.makeWorkspace(rowCapacity: 0)
        let rows = FeatureMatrix(try fixture.doubles("inputs.f64"), for: model.signature.input)
        workspace.evaluate(rows, wanted: .max)
        let column = try #require(workspace.outputs.first { $0.metadata.name == "margin" })
        let expected = try fixture.doubles("expected_margin.f64").map { Float($0) }
        #expect(column.floatValues.map { $0.isNaN ? nil : $0 } == expected.map { $0.isNaN ? nil : $0 })
        let explained = TemporaryFolder()
        let output = "output [ { name: \"treeshap\" data_type: TYPE_FP64 dims: [ 9 ] } ]"
        try explained.writeModel(fixture, file: "model.txt", configuration: "backend: \"forest\"\n\(output)")
        let sentence =
            "output 'treeshap' is not available: contributions to leaves that are linear functions are not defined"
        #expect(explained.load().report.text.contains(sentence))
    }

    @Test func `a broken file is reported with its line and key`() throws {
        let folder = TemporaryFolder()
        let text = String(decoding: try Self.fixture.bytes("model.txt"), as: UTF8.self)
        folder.write(text.replacing("is_linear=0", with: "is_linear=7", maxReplacements: 1), to: "m/1/model.txt")
        let report = folder.load().report.text
        let sentence = "Tree=0.is_linear: expected an integer between 0 and 1"
        #expect(report.contains("m/1/model.txt: line ") && report.contains(sentence), "\(report)")
    }
}
