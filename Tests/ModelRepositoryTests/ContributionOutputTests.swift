import OpenInferenceProtocol
import TestSupport
import Testing

@testable import ModelRepository

/// The outputs that explain: what each feature adds to the mean of the training rows.
struct ContributionOutputTests {
    @Test func `a forest explains each margin of each row as its trainer does`() throws {
        for (fixture, dims) in [(TrainerFixture.binary, "11"), (.softmax, "3, 11")] {
            let folder = TemporaryFolder()
            try folder.writeModel(
                fixture, file: "model.json",
                configuration: """
                    output [
                      { name: "margin" data_type: TYPE_FP32 dims: -1 },
                      { name: "treeshap" data_type: TYPE_FP32 dims: [ \(dims) ] }
                    ]
                    """)
            let loaded = folder.load()
            let model = try #require(loaded.table.servedModels.first, "\(loaded.report.text)")
            let outputs = model.evaluate(try fixture.floats("inputs.f32"))
            let found = try #require(outputs["treeshap"])
            expectClose(found.floatValues.map { Double($0) }, try fixture.floats("expected_contributions.f32"))
            let margins = try fixture.floats("expected_margin.f32")
            #expect(outputs["margin"]?.floatValues == margins)
            for (cell, margin) in margins.enumerated() {
                let sum = found.floatValues[cell * 11..<(cell + 1) * 11].reduce(0, +)
                #expect(abs(sum - margin) <= 1e-5 * max(1, abs(margin)))
            }
        }
    }

    @Test func `contributions come as doubles where the configuration says so`() throws {
        let folder = TemporaryFolder()
        try folder.writeModel(
            .rmse, file: "model.json",
            configuration: "output { name: \"treeshap\" data_type: TYPE_FP64 dims: 11 }")
        let loaded = folder.load()
        let model = try #require(loaded.table.servedModels.first, "\(loaded.report.text)")
        let outputs = model.evaluate(try TrainerFixture.rmse.floats("inputs.f32"))
        let expected = try TrainerFixture.rmse.doubles("expected_contributions.f64")
        expectClose(try #require(outputs["treeshap"]).doubleValues, expected.map { Float($0) })
        #expect(model.signature.outputs == [TensorMetadata(name: "treeshap", datatype: .float64, dims: [-1, 11])])
    }

    @Test func `a model whose file has no covers says so`() throws {
        let folder = TemporaryFolder()
        try folder.writeModel(
            .isolation, file: "model.onnx", configuration: "output { name: \"treeshap\" data_type: TYPE_FP32 dims: 9 }")
        let faults = folder.load().report.faults.map(\.sentence)
        #expect(
            faults == [
                "output 'treeshap' is not available: the model's file does not say how many training rows reached "
                    + "each node"
            ])
    }

    @Test func `explanations are for the pool, and come only when they are asked for`() throws {
        let folder = TemporaryFolder()
        try folder.writeModel(
            .binary, file: "model.json",
            configuration: """
                output [
                  { name: "treeshap" data_type: TYPE_FP32 dims: 11 },
                  { name: "margin" data_type: TYPE_FP32 dims: 1 }
                ]
                """)
        let loaded = folder.load()
        let model = try #require(loaded.table.servedModels.first, "\(loaded.report.text)")
        #expect(model.signature.costlyOutputs == 0b01)
        #expect(requested("", of: model) == 0b10)
        #expect(requested(#","outputs":[{"name":"treeshap"}]"#, of: model) == 0b01)
    }

    @Test func `Triton's FIL backend explains every request of a model that declares it`() throws {
        let folder = TemporaryFolder()
        folder.write(try TrainerFixture.binary.bytes("model.json"), to: "m/1/xgboost.json")
        folder.write(
            FILContractTests.configuration(["is_classifier": "true", "predict_proba": "true"]) + """
                output [
                  { name: "treeshap_output" data_type: TYPE_FP32 dims: [ 11 ] },
                  { name: "treeshap" data_type: TYPE_FP64 dims: [ 11 ] }
                ]
                """, to: "m/config.pbtxt")
        let loaded = folder.load()
        let model = try #require(loaded.table.servedModels.first, "\(loaded.report.text)")
        #expect(model.signature.outputs.map(\.name) == ["output__0", "treeshap_output", "treeshap"])
        #expect(model.signature.costlyOutputs == 0b110)
        #expect(requested("", of: model, input: "input__0") == 0b011)
        let outputs = model.evaluate(try TrainerFixture.binary.floats("inputs.f32"))
        let expected = try TrainerFixture.binary.floats("expected_contributions.f32")
        expectClose(try #require(outputs["treeshap_output"]).floatValues.map { Double($0) }, expected)
        expectClose(try #require(outputs["treeshap"]).doubleValues, expected)
    }

    /// The outputs that a request of one row gets.
    private func requested(_ rest: String, of model: ServedModel, input: String = "x") -> UInt64? {
        let data = (0..<10).map { "\($0)" }.joined(separator: ",")
        let text = #"{"inputs":[{"name":"\#(input)","shape":[1,10],"datatype":"FP32","data":[\#(data)]}]\#(rest)}"#
        var request = InferenceRequest()
        var matrix = FeatureMatrix(for: model.signature.input, rowCapacity: 1)
        do throws(ProtocolError) {
            try request.parse(Array(text.utf8).span, headerLength: nil, for: model.signature, into: &matrix)
        } catch {
            Issue.record("\(error.message)")
            return nil
        }
        return request.outputs.requested
    }

    private func expectClose(
        _ found: [Double], _ expected: [Float], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(found.count == expected.count, sourceLocation: sourceLocation)
        let largest = Double(expected.map { abs($0) }.max() ?? 0)
        let difference = zip(found, expected).map { abs($0 - Double($1)) }.max() ?? 0
        #expect(difference <= 1e-5 * largest, sourceLocation: sourceLocation)
    }
}
