import LinuxSystem
import ModelRepository
import RequestTracing
import TestSupport
import Testing
import TreeEnsembles

@testable import InferenceServer

/// Which calls of an ensemble a trace names, and when they were.
struct TracedCallTests {
    private let folder = TemporaryFolder()

    private static func step(_ model: String, _ input: (String, String), _ output: (String, String)) -> String {
        "step { model_name: \"\(model)\" input_map { key: \"\(input.0)\" value: \"\(input.1)\" } "
            + "output_map { key: \"\(output.0)\" value: \"\(output.1)\" } }\n"
    }

    private func writeEnsemble(_ name: String, outputs: [String], _ steps: [String]) {
        let declared = outputs.map { "output { name: \"\($0)\" data_type: TYPE_FP32 dims: 1 }\n" }.joined()
        folder.write(
            "platform: \"ensemble\"\ninput { name: \"x\" data_type: TYPE_FP32 dims: 37 }\n" + declared
                + "ensemble_scheduling {\n" + steps.joined() + "}\n", to: "\(name)/config.pbtxt")
        folder.write("", to: "\(name)/1/.keep")
    }

    /// `outer` calls `inner`, which calls `m` twice, and then `m` itself.
    private func outer() throws -> ServedModel {
        let path = RepositoryRoot.path + "/model_repository/xgboost_anomaly/1/model.json"
        let model = try FileSystem.read(path, byteCountLimit: 64 << 20)
        folder.write(model.withBytes { bytes in bytes.indices.map { bytes[$0] } }, to: "m/1/model.json")
        let call = { (output: String) in Self.step("m", ("features", "x"), ("margin", output)) }
        writeEnsemble("inner", outputs: ["a", "b"], [call("a"), call("b")])
        writeEnsemble("outer", outputs: ["y", "z"], [Self.step("inner", ("x", "x"), ("b", "y")), call("z")])
        let loaded = RepositoryLoader(instructionSet: .baseline).load(repositories: [folder.path])
        return try #require(loaded.table.servedModels.first { $0.name == "outer" }, "\(loaded.report.text)")
    }

    private static func time(_ input: UInt64, _ compute: UInt64) -> StepTime {
        var time = StepTime()
        time.isEvaluated = true
        time.inputNanoseconds = input
        time.computeNanoseconds = compute
        return time
    }

    private static func summary(_ calls: [TracedCall]) -> [String] {
        calls.map { call in
            "\(call.model) \(call.version) of \(call.caller ?? -1): "
                + "\(call.start.count) \(call.inputEnd.count) \(call.end.count)"
        }
    }

    @Test func `calls follow each other, those of an inner ensemble within it`() throws {
        let times = [Self.time(1, 10), Self.time(2, 20), Self.time(3, 30)]
        let calls = TracedCall.calls(by: try outer(), times, from: Nanoseconds(100))
        #expect(
            Self.summary(calls) == [
                "inner 1 of -1: 100 101 133", "m 1 of 0: 100 101 111", "m 1 of 0: 111 113 133",
                "m 1 of -1: 133 136 166",
            ])
    }

    @Test func `what nobody needed was not called`() throws {
        let outer = try outer()
        var times = [StepTime(), Self.time(2, 20), StepTime()]
        let inner = ["inner 1 of -1: 0 2 22", "m 1 of 0: 0 2 22"]
        #expect(Self.summary(TracedCall.calls(by: outer, times, from: .zero)) == inner)
        times = [StepTime(), StepTime(), Self.time(0, 5)]
        #expect(Self.summary(TracedCall.calls(by: outer, times, from: .zero)) == ["m 1 of -1: 0 0 5"])
        let member = try #require(outer.members.last)
        #expect(TracedCall.calls(by: member.model, [], from: .zero).isEmpty, "a forest calls nobody")
    }
}
