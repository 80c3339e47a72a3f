import OpenInferenceProtocol
import TestSupport
import Testing

@testable import ModelRepository

/// Outputs of served forests against what the trainers answered.
struct ForestWorkspaceTests {
    @Test func `an XGBoost classifier gives its trainer's margins, probabilities, labels and leaves`() throws {
        let folder = TemporaryFolder()
        let fixture = TrainerFixture.binary
        try folder.writeModel(
            fixture, file: "model.json",
            configuration: """
                output [
                  { name: "leaf_indices" data_type: TYPE_INT32 dims: -1 },
                  { name: "margin" data_type: TYPE_FP32 dims: 1 },
                  { name: "probabilities" data_type: TYPE_FP32 dims: 2 },
                  { name: "label" data_type: TYPE_INT64 dims: 1 }
                ]
                """)
        let loaded = folder.load()
        let model = try #require(loaded.table.servedModels.first, "\(loaded.report.text)")
        let outputs = model.evaluate(try fixture.floats("inputs.f32"))
        let margins = try fixture.floats("expected_margin.f32")
        let predictions = try fixture.floats("expected_prediction.f32")
        #expect(outputs["margin"]?.floatValues == margins)
        #expect(outputs["probabilities"]?.floatValues == predictions.flatMap { [1 - $0, $0] })
        #expect(outputs["label"]?.integerValues == predictions.map { $0 > 0.5 ? 1 : 0 })
        #expect(outputs["leaf_indices"]?.smallIntegerValues == (try fixture.integers("expected_leaves.i32")))
        #expect(model.signature.outputs.map(\.dims) == [[-1, 30], [-1], [-1, 2], [-1]])
        #expect(outputs["margin"]?.responseDims == [])
    }

    @Test func `a softmax classifier gives one probability per class`() throws {
        let folder = TemporaryFolder()
        let fixture = TrainerFixture.softmax
        try folder.writeModel(fixture, file: "model.json")
        let model = try #require(folder.load().table.servedModels.first)
        #expect(model.signature.outputs.map(\.name) == ["label", "probabilities", "margin"])
        let outputs = model.evaluate(try fixture.floats("inputs.f32"))
        let margins = try fixture.floats("expected_margin.f32")
        let classCount = model.signature.outputs[2].dims[1]
        #expect(outputs["margin"]?.floatValues == margins)
        let labels = stride(from: 0, to: margins.count, by: classCount).map { start in
            let row = margins[start..<start + classCount]
            return Int64(row.indices.first { margins[$0] == row.max() }.map { $0 - start } ?? -1)
        }
        #expect(outputs["label"]?.integerValues == labels)
        let probabilities = try #require(outputs["probabilities"]?.floatValues)
        for start in stride(from: 0, to: probabilities.count, by: classCount) {
            let sum = probabilities[start..<start + classCount].reduce(0, +)
            #expect(abs(sum - 1) < 1e-5)
        }
    }

    @Test func `a CatBoost classifier with text labels answers texts and doubles where they are declared`() throws {
        let folder = TemporaryFolder()
        let fixture = TrainerFixture.textLabels
        try folder.writeModel(
            fixture, file: "model.cbm",
            configuration: """
                output [
                  { name: "label" data_type: TYPE_STRING dims: 1 },
                  { name: "probabilities" data_type: TYPE_FP64 dims: 2 },
                  { name: "margin" data_type: TYPE_FP64 dims: [ 1 ] }
                ]
                """)
        let loaded = folder.load()
        let model = try #require(loaded.table.servedModels.first, "\(loaded.report.text)")
        let outputs = model.evaluate(try fixture.floats("inputs.f32"))
        let margins = try fixture.doubles("expected_margin.f64")
        #expect(outputs["margin"]?.doubleValues == margins)
        #expect(outputs["label"]?.classNames == ["anomaly", "normal"])
        #expect(outputs["label"]?.integerValues == margins.map { $0 > 0 ? 1 : 0 })
        let expected = try fixture.doubles("expected_prediction.f64")
        let probabilities = try #require(outputs["probabilities"]?.doubleValues)
        #expect(zip(probabilities, expected).allSatisfy { abs($0 - $1) <= 4.5e-16 })
    }

    @Test func `a regressor and an isolation forest give score and margin`() throws {
        let folder = TemporaryFolder()
        try folder.writeModel(.rmse, file: "model.json", as: "rmse")
        try folder.writeModel(.isolation, file: "model.onnx", as: "unusual")
        let loaded = folder.load()
        #expect(loaded.table.servedModels.map(\.name) == ["rmse", "unusual"], "\(loaded.report.text)")
        for model in loaded.table.servedModels {
            #expect(model.signature.outputs.map(\.name) == ["score", "margin"])
        }
        let outputs = loaded.table.servedModels[0].evaluate(try TrainerFixture.rmse.floats("inputs.f32"))
        let expected = try TrainerFixture.rmse.doubles("expected_margin.f64").map { Float($0) }
        #expect(outputs["score"]?.floatValues == expected)
        #expect(outputs["margin"]?.floatValues == expected)
    }

    @Test func `only wanted outputs hold rows, and batches of any size follow each other`() throws {
        let folder = TemporaryFolder()
        let fixture = TrainerFixture.binary
        try folder.writeModel(fixture, file: "model.json")
        let model = try #require(folder.load().table.servedModels.first)
        let workspace = model.engine.makeWorkspace(rowCapacity: 2)
        let rows = try fixture.floats("inputs.f32")
        let margins = try fixture.floats("expected_margin.f32")
        let featureCount = model.signature.input.featureCount
        for count in [1, 2, 0, 174, 3, 100] {
            let part = Array(rows.prefix(count * featureCount))
            workspace.evaluate(FeatureMatrix(part, for: model.signature.input), wanted: 0b100)
            #expect(workspace.outputs.map(\.rowCount) == [0, 0, count])
            #expect(workspace.outputs[2].floatValues == Array(margins.prefix(count)))
        }
    }

    @Test func `rounds of iteration_range are the only ones that serve`() throws {
        let folder = TemporaryFolder()
        try folder.writeModel(
            .binary, file: "model.json",
            configuration: """
                output { name: "leaf_indices" data_type: TYPE_INT32 dims: 7 }
                parameters { key: "iteration_range" value { string_value: "3, 10" } }
                """)
        let loaded = folder.load()
        let model = try #require(loaded.table.servedModels.first, "\(loaded.report.text)")
        let outputs = model.evaluate(try TrainerFixture.binary.floats("inputs.f32"))
        let all = try TrainerFixture.binary.integers("expected_leaves.i32")
        let expected = stride(from: 0, to: all.count, by: 30).flatMap { all[$0 + 3..<$0 + 10] }
        #expect(outputs["leaf_indices"]?.smallIntegerValues == expected)
    }
}
