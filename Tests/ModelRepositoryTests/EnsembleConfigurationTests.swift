import Testing

@testable import ModelRepository

/// What a configuration may say about an ensemble.
struct EnsembleConfigurationTests {
    private static let tensors =
        "platform: \"ensemble\" input { name: \"x\" data_type: TYPE_FP32 dims: 2 } "
        + "output { name: \"y\" data_type: TYPE_FP32 dims: 1 }\n"
    private static let step = EnsembleText.step("m", [("f", "x")], [("o", "y")])

    private static func all(_ parts: String...) -> String { parts.joined() }

    private static let refusals: [(String, String)] = [
        (
            "platform: \"ensemble\" backend: \"fil\"",
            "1:22: an ensemble has platform 'ensemble' and no backend"
        ),
        (
            "backend: \"ensemble\"",
            "1:1: an ensemble has platform 'ensemble' and no backend"
        ),
        (
            "ensemble_scheduling { }",
            "1:1: ensemble_scheduling is for models of platform 'ensemble'"
        ),
        (
            "platform: \"ensemble\"",
            "1:1: an ensemble declares each input"
        ),
        (
            "platform: \"ensemble\" input { name: \"x\" data_type: TYPE_FP32 dims: 2 }",
            "1:1: an ensemble declares each output"
        ),
        (
            tensors,
            "1:1: ensemble_scheduling has no step"
        ),
        (
            all(tensors, "ensemble_scheduling { }"),
            "2:1: ensemble_scheduling has no step"
        ),
        (
            all(tensors, "ensemble_scheduling { step { } }"),
            "2:28: step 0: model_name is missing"
        ),
        (
            all(tensors, "ensemble_scheduling { step { model_name: \"../m\" } }"),
            "2:30: step 0: '../m' is no name of a model"
        ),
        (
            all(tensors, "ensemble_scheduling { step { model_name: \"m\" model_version: 0 } }"),
            "2:46: step 0: model_version 0 is neither a version nor -1, the latest"
        ),
        (
            all(tensors, "ensemble_scheduling { step { model_name: \"m\" } }"),
            "2:28: step 0: input_map is missing"
        ),
        (
            all(tensors, "ensemble_scheduling { step { model_name: \"m\" input_map { key: \"a\" value: \"x\" } } }"),
            "2:28: step 0: output_map is missing"
        ),
        (
            all(tensors, "ensemble_scheduling { step { model_name: \"m\" input_map { key: \"a\" } } }"),
            "2:56: step 0: input_map: key and value name tensors"
        ),
        (
            all(tensors, "ensemble_scheduling { step { model_namespace: \"n\" } }"),
            "2:30: 'ensemble_scheduling.step.model_namespace' is refused: models have no namespaces"
        ),
        (
            all(tensors, "ensemble_scheduling { \(step) }\ndynamic_batching { }"),
            "4:1: 'dynamic_batching' and 'ensemble_scheduling' exclude each other"
        ),
        (
            all(tensors, "ensemble_scheduling { \(step) }\ninstance_group { count: 1 }"),
            "4:1: instance_group has no place in an ensemble: it belongs to the models that the ensemble calls"
        ),
        (
            all(tensors, "ensemble_scheduling { \(step) }\nmodel_warmup { batch_size: 0 }"),
            "4:1: model_warmup has no place in an ensemble: it belongs to the models that the ensemble calls"
        ),
    ]

    @Test(arguments: refusals)
    func `a configuration that makes no ensemble is refused where it is wrong`(_ text: String, _ fault: String) {
        #expect(ModelConfigurationTests.fault(text) == fault)
    }

    @Test func `steps are read in their order`() throws {
        let text =
            Self.tensors + "max_batch_size: 4 ensemble_scheduling { max_inflight_requests: 3 "
            + EnsembleText.step("m", [("f", "x"), ("g", "x")], [("o", "t")], version: "7")
            + "step { model_name: \"n\" input_map { key: \"f\" value: \"t\" } "
            + "output_map { key: \"o\" value: \"y\" } } }"
        let configuration = try ModelConfiguration.read(Array(text.utf8).span, directoryName: "e")
        #expect(configuration.backend == .ensemble && configuration.platform == "ensemble")
        #expect(configuration.ensembleSteps.map(\.model) == ["m", "n"])
        #expect(configuration.ensembleSteps.map(\.version) == [7, nil])
        #expect(configuration.ensembleSteps[0].inputs.map(\.name) == ["f", "g"])
        #expect(configuration.ensembleSteps[1].outputs.map(\.tensor) == ["y"])
        #expect(configuration.notices.map(\.field) == ["ensemble_scheduling.max_inflight_requests"])
    }

    @Test func `optional is for inputs of ensembles, and noted elsewhere`() throws {
        let input = "input { name: \"x\" data_type: TYPE_FP32 dims: 2 optional: true }"
        let forest = try ModelConfiguration.read(Array(input.utf8).span, directoryName: "m")
        #expect(forest.notices.map(\.field) == ["input.optional"])
        let text =
            "platform: \"ensemble\" output { name: \"y\" data_type: TYPE_FP32 dims: 1 } \(input) "
            + "ensemble_scheduling { \(Self.step) }"
        let ensemble = try ModelConfiguration.read(Array(text.utf8).span, directoryName: "e")
        #expect(ensemble.notices.isEmpty && ensemble.inputs[0].isOptional)
    }
}
