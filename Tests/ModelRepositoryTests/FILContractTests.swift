import OpenInferenceProtocol
import TestSupport
import Testing

@testable import ModelRepository

/// What Triton's FIL backend promises about `input__0` and `output__0`.
struct FILContractTests {
    static func configuration(
        _ parameters: [String: String], dims: String = "[ 1 ]", type: String = "xgboost_json"
    ) -> String {
        var text = """
            backend: "fil"
            max_batch_size: 1024
            input [ { name: "input__0" data_type: TYPE_FP32 dims: [ -1 ] } ]
            output [ { name: "output__0" data_type: TYPE_FP32 dims: \(dims) } ]

            """
        for (key, value) in parameters.merging(["model_type": type], uniquingKeysWith: { left, _ in left }) {
            text += "parameters [ { key: \"\(key)\" value: { string_value: \"\(value)\" } } ]\n"
        }
        return text
    }

    static func load(
        _ fixture: TrainerFixture, _ parameters: [String: String], dims: String = "[ 1 ]"
    ) throws -> (ServedModel?, RepositoryReport) {
        let folder = TemporaryFolder()
        folder.write(try fixture.bytes("model.json"), to: "m/1/xgboost.json")
        folder.write(configuration(parameters, dims: dims), to: "m/config.pbtxt")
        let loaded = folder.load()
        return (loaded.table.servedModels.first, loaded.report)
    }

    @Test(
        arguments: [
            (["is_classifier": "true"], Float(0.5)), (["output_class": "true"], 0.5),
            (["is_classifier": "true", "threshold": "0.75"], 0.75), (["is_classifier": "true", "threshold": "0"], 0),
        ] as [([String: String], Float)])
    func `a binary class is a value above the threshold, 0.5 by default`(
        _ parameters: [String: String], _ threshold: Float
    ) throws {
        let (loaded, report) = try Self.load(.binary, parameters)
        let model = try #require(loaded, "\(report.text)")
        let output = try #require(model.evaluate(try TrainerFixture.binary.floats("inputs.f32"))["output__0"])
        let probabilities = try TrainerFixture.binary.floats("expected_prediction.f32")
        #expect(output.floatValues == probabilities.map { $0 > threshold ? 1 : 0 })
        #expect(output.responseDims == [], "dimensions of one are left out")
        #expect(model.signature.outputs == [TensorMetadata(name: "output__0", datatype: .float32, dims: [-1, 1])])
        #expect(model.inputs == [TensorMetadata(name: "input__0", datatype: .float32, dims: [-1, 10])])
        #expect(model.signature.input.kind == .exact(name: "input__0", datatype: .float32))
        #expect(model.signature.platform == "fil")
    }

    @Test func `probabilities of a binary classifier come alone or with their complement`() throws {
        let expected = try TrainerFixture.binary.floats("expected_prediction.f32")
        let rows = try TrainerFixture.binary.floats("inputs.f32")
        let parameters = ["is_classifier": "true", "predict_proba": "true"]
        let (single, report) = try Self.load(.binary, parameters)
        let one = try #require(single, "\(report.text)").evaluate(rows)["output__0"]
        #expect(one?.floatValues == expected)
        let (double, _) = try Self.load(.binary, parameters, dims: "[ 2 ]")
        let two = try #require(double).evaluate(rows)["output__0"]
        #expect(two?.floatValues == expected.flatMap { [1 - $0, $0] })
        #expect(two?.responseDims == [2])
    }

    @Test func `a model that is not declared a classifier answers the transformed value`() throws {
        let (loaded, report) = try Self.load(.binary, ["is_classifier": "false"])
        let model = try #require(loaded, "\(report.text)")
        let output = model.evaluate(try TrainerFixture.binary.floats("inputs.f32"))["output__0"]
        #expect(output?.floatValues == (try TrainerFixture.binary.floats("expected_prediction.f32")))
    }

    @Test func `a class of several is the first largest, as a float`() throws {
        let (loaded, report) = try Self.load(.softmax, ["is_classifier": "true"])
        let model = try #require(loaded, "\(report.text)")
        let margins = try TrainerFixture.softmax.floats("expected_margin.f32")
        let output = try #require(model.evaluate(try TrainerFixture.softmax.floats("inputs.f32"))["output__0"])
        let classCount = margins.count / output.rowCount
        let expected = stride(from: 0, to: margins.count, by: classCount).map { start -> Float in
            let row = Array(margins[start..<start + classCount])
            return Float(row.firstIndex(of: row.max() ?? 0) ?? -1)
        }
        #expect(output.floatValues == expected)
    }

    @Test(
        arguments: [
            (
                ["is_classifier": "true"], "[ 3 ]",
                "m/config.pbtxt:4:10: 'output__0' has dims [3]; with this model and these parameters it has [1]"
            ),
            (
                ["is_classifier": "true", "predict_proba": "true"], "[ 3 ]",
                "m/config.pbtxt:4:10: 'output__0' has dims [3]; with this model and these parameters it has [1] or [2]"
            ),
            (["is_classifier": "yes"], "[ 1 ]", "is_classifier is 'yes'; it is one of 'true', 'false'"),
            (["is_classifier": "true", "threshold": "half"], "[ 1 ]", "threshold 'half' is not a number"),
            (["model_type": "xgboost_jsn"], "[ 1 ]", "model_type is 'xgboost_jsn'; it is one of 'xgboost'"),
        ] as [([String: String], String, String)])
    func `what FIL refuses is refused with its line`(
        _ parameters: [String: String], _ dims: String, _ fault: String
    ) throws {
        let (_, report) = try Self.load(.binary, parameters, dims: dims)
        let found = report.faults.map(\.description)
        #expect(found.count == 1 && found[0].contains(fault), "\(found)")
        #expect(report.faults.first?.position != nil)
    }

    @Test func `options for other hardware and removed ones are noted and ignored`() throws {
        let parameters = [
            "is_classifier": "true", "storage_type": "AUTO", "algo": "ALGO_AUTO", "threads_per_tree": "1",
            "use_experimental_optimizations": "true",
        ]
        let (model, report) = try Self.load(.binary, parameters)
        #expect(model != nil, "\(report.text)")
        #expect(report.notices.count == 4)
        #expect(report.notices.allSatisfy { $0.sentence.hasSuffix("has no effect on this server") })
    }

    @Test func `the model type names the default file`() throws {
        let folder = TemporaryFolder()
        folder.write(Self.configuration([:], type: "xgboost_ubj"), to: "m/config.pbtxt")
        folder.write("x", to: "m/1/other.json")
        #expect(
            folder.load().report.faults.map(\.description) == [
                "\(folder.path)/m/1/xgboost.ubj: No such file or directory"
            ])
    }
}
