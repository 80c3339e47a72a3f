import TestSupport
import Testing

@testable import ModelRepository

/// `model_warmup`: requests that a version answers before it serves.
struct WarmingTests {
    private static func warmup(_ input: String, _ rest: String = "batch_size: 3") -> String {
        "model_warmup { name: \"w\" \(rest) inputs { key: \"x\" value { \(input) } } }"
    }

    private static func faults(_ configuration: String, _ files: [String: [UInt8]] = [:]) throws -> [String] {
        let folder = TemporaryFolder()
        try folder.writeModel(.binary, file: "model.json", configuration: configuration)
        for (name, content) in files { folder.write(content, to: "m/warmup/\(name)") }
        return RepositoryLoaderTests.findings(folder.load().report.faults, in: folder)
    }

    @Test(arguments: [
        "data_type: TYPE_FP32 dims: 10 zero_data: true", "data_type: TYPE_FP64 dims: 10 random_data: true",
        "data_type: TYPE_INT8 dims: 10 random_data: true", "data_type: TYPE_FP16 dims: 10 random_data: true",
        "data_type: TYPE_BOOL dims: 10 random_data: true",
    ])
    func `samples of numbers are run`(input: String) throws {
        #expect(try Self.faults(Self.warmup(input)) == [])
    }

    @Test func `a sample from a file is run`() throws {
        let input = "data_type: TYPE_FP32 dims: 10 input_data_file: \"row\""
        #expect(try Self.faults(Self.warmup(input), ["row": Array(repeating: 0, count: 40)]) == [])
        #expect(
            try Self.faults(Self.warmup(input), ["row": [1]]) == [
                "m/config.pbtxt:1:14: warm-up 'w': row has 1 bytes, a row has 40"
            ])
        #expect(
            try Self.faults(Self.warmup(input)) == [
                "m/config.pbtxt:1:14: warm-up 'w': row: No such file or directory (open)"
            ])
    }

    @Test func `a sample that the model refuses fails the load`() throws {
        let found = try Self.faults(Self.warmup("data_type: TYPE_FP32 dims: 9 zero_data: true"))
        #expect(found.count == 1 && found[0].hasPrefix("m/config.pbtxt:1:14: warm-up 'w': "), "\(found)")
        let text = try Self.faults(Self.warmup("data_type: TYPE_STRING dims: 10 random_data: true"))
        #expect(text.count == 1 && text[0].contains("BYTES"), "\(text)")
    }

    @Test(arguments: [
        ("data_type: TYPE_FP32 dims: 10", "input 'x' has neither zero_data nor random_data nor input_data_file"),
        ("dims: 10 zero_data: true", "input 'x' has no data_type"),
        ("data_type: TYPE_FP32 dims: 0 zero_data: true", "input 'x' has dims that are not positive, or too many"),
        (
            "data_type: TYPE_FP32 dims: 1 input_data_file: \"../x\"", "input 'x' names no plain file in '../x'"
        ),
    ])
    func `a sample that says nothing usable is refused`(input: String, sentence: String) throws {
        let found = try Self.faults(Self.warmup(input))
        #expect(found.count == 1 && found[0].hasSuffix(sentence), "\(found)")
    }

    @Test func `samples are limited`() throws {
        let zeros = "data_type: TYPE_FP32 dims: 10 zero_data: true"
        func faults(_ rest: String) throws -> Int { try Self.faults(Self.warmup(zeros, rest)).count }
        #expect(try faults("") == 0, "a sample without batch size is ignored")
        #expect(try faults("batch_size: 1 count: \(ModelRepositoryLimits.warmupCountLimit)") == 0)
        #expect(try faults("batch_size: 1 count: \(ModelRepositoryLimits.warmupCountLimit + 1)") == 1)
        let rows = ModelRepositoryLimits.warmupByteLimit / 40
        #expect(try faults("batch_size: \(rows + 1)") == 1)
        #expect(try faults("batch_size: 4294967295") == 1)
        let sample = Self.warmup(zeros, "batch_size: 1") + "\n"
        let limit = ModelRepositoryLimits.warmupSampleLimit
        #expect(try Self.faults(String(repeating: sample, count: limit)) == [])
        #expect(try Self.faults(String(repeating: sample, count: limit + 1)).count == 1)
    }
}
