import OpenInferenceProtocol
import TestSupport
import Testing

@testable import ModelRepository

/// What becomes of a configuration that leaves things open: what clients see of it, and what operators are told.
struct ConfigurationCompletionTests {
    private let folder = TemporaryFolder()

    private func configuration(_ text: String) throws -> ServedModel {
        folder.write(SyntheticForest(featureCount: 2), as: "m", configuration: text)
        let loaded = folder.load()
        return try #require(loaded.table.servedModels.first, "\(loaded.report.text)")
    }

    /// The groups of instances as they stand in the answer, one line each.
    private static func groups(_ model: ServedModel) -> [String] {
        model.configuration.message.messages("instance_group").map { group in
            let kinds = ["KIND_AUTO", "KIND_GPU", "KIND_CPU", "KIND_MODEL"]
            return "\(group.text("name")) \(kinds[group.enumeration("kind")]) \(group.integer("count"))"
        }
    }

    @Test(arguments: [
        ("", ["m KIND_CPU 1"]),
        ("instance_group { }", ["m_0 KIND_CPU 1"]),
        ("instance_group [ { count: 3 }, { kind: KIND_CPU } ]", ["m_0 KIND_CPU 3", "m_1 KIND_CPU 1"]),
        (
            "instance_group [ { name: \"own\" kind: KIND_MODEL }, { kind: KIND_AUTO count: 2 } ]",
            ["own KIND_MODEL 1", "m_1 KIND_CPU 2"]
        ),
    ])
    func `groups of instances get the name, kind and count that they leave open`(
        _ text: String, _ expected: [String]
    ) throws {
        let model = try configuration(text)
        #expect(Self.groups(model) == expected)
        let json = String(decoding: model.configurationJSON, as: UTF8.self)
        #expect(json.contains("\"name\":\"\(expected[0].split(separator: " ")[0])\""))
    }

    /// What operators are told about a configuration.
    private static func notices(_ text: String) throws -> [String] {
        try ModelConfiguration.read(Array(text.utf8).span, directoryName: "m").notices
            .map { "\($0.position) \($0.field): \($0.sentence)" }
    }

    @Test(arguments: ["backend: \"onnxruntime\"", "platform: \"onnxruntime_onnx\""])
    func `a forest of ONNX Runtime is served as a forest, which is noted`(_ line: String) throws {
        let read = try ModelConfiguration.read(Array(line.utf8).span, directoryName: "m")
        #expect(read.backend == .forest)
        let notices = try Self.notices(line)
        #expect(notices.count == 1)
        let field = line.prefix { $0 != ":" }
        #expect(notices.first?.hasPrefix("1:1 \(field): the model is served as 'forest'") == true)
    }

    @Test func `a batch size of 0 is noted where it stands`() throws {
        let notices = try Self.notices("backend: \"fil\"\nmax_batch_size: 0")
        #expect(notices.count == 1)
        #expect(notices.first?.hasPrefix("2:1 max_batch_size: 0 is served as 1048576: ") == true)
        #expect(try Self.notices("backend: \"fil\"").isEmpty)
        #expect(try Self.notices("max_batch_size: 8").isEmpty)
    }
}
