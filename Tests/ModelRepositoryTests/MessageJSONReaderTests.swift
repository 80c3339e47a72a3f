import TestSupport
import Testing

@testable import ModelRepository

/// Configurations as JSON: what is read, and what is refused with its place.
struct MessageJSONReaderTests {
    private static func parse(_ text: String) throws(TextFormatFault) -> MessageValue {
        try MessageJSONReader.parse(Array(text.utf8).span, as: ModelConfigurationSchema.modelConfiguration).message
    }

    private static func fault(_ text: String) -> String? {
        do throws(TextFormatFault) {
            _ = try parse(text)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func `every kind of value is read`() throws {
        let message = try Self.parse(
            """
            {"name": "a\\u0062", "maxBatchSize": "8",
             "input": [{"name": "x", "data_type": "TYPE_FP32", "dims": [-1, 3e1]}],
             "instance_group": [{"kind": 2, "count": 1, "passive": true}], "backend": null,
             "parameters": {"k": {"string_value": "v"}}, "dynamic_batching":
             {"priority_levels": 2.0, "priority_queue_policy": {"1": {"timeout_action": "DELAY"}}}}
            """)
        #expect(message.text("name") == "ab" && message.integer("max_batch_size") == 8 && !message.has("backend"))
        let input = try #require(message.messages("input").first)
        #expect(input.enumeration("data_type") == 11 && input.integers("dims") == [-1, 30])
        let group = try #require(message.messages("instance_group").first)
        #expect(group.enumeration("kind") == 2 && group.boolean("passive"))
        let parameter = try #require(message.messages("parameters").first)
        #expect(parameter.text("key") == "k" && parameter.message("value")?.text("string_value") == "v")
        let batching = try #require(message.message("dynamic_batching"))
        #expect(batching.unsigned("priority_levels") == 2)
        #expect(batching.messages("priority_queue_policy").first?.unsigned("key") == 1)
    }

    @Test(arguments: [
        ("", "1:1: invalid JSON: the text ends early at byte 0"),
        ("[]", "1:1: expected an object, found another value"),
        ("{\n  \"nme\": 1}", "2:3: inference.ModelConfig has no field 'nme'; did you mean 'name'?"),
        ("{\"name\": 3}", "1:11: expected string for 'name', found another value"),
        ("{\"max_batch_size\": 1.5}", "1:23: 1.5 does not fit into int32"),
        ("{\"max_batch_size\": 3000000000}", "1:30: 3000000000 does not fit into int32"),
        ("{\"input\": {}}", "1:12: expected a list for 'input', found another value"),
        ("{\"parameters\": []}", "1:17: expected an object for 'parameters', found another value"),
        ("{\"name\": \"a\", \"name\": \"b\"}", "1:15: 'name' may be given only once"),
        ("{\"input\": [{\"data_type\": \"TYPE_FP23\"}]}", "did you mean 'TYPE_FP32'?"),
        ("{\"version_policy\": {\"all\": {}, \"latest\": {}}}", "1:32: 'latest' and 'all' exclude each other"),
        ("{\"batch_input\": [{}]}", "1:2: 'batch_input' is refused: ragged batches are not served"),
        ("{} x", "1:4: invalid JSON: text after the end of the document at byte 3"),
    ])
    func `what is wrong is refused with its place`(text: String, fault: String) {
        let found = Self.fault(text)
        #expect(found?.hasSuffix(fault) == true, "\(found ?? "no fault")")
    }

    @Test func `a text that is too long or too deep is refused`() {
        let long = "{\"name\": \"\(String(repeating: "a", count: ModelRepositoryLimits.textFormatByteLimit))\"}"
        #expect(Self.fault(long)?.contains("bytes") == true)
        let deep = String(repeating: "{\"input\":[", count: ModelRepositoryLimits.textFormatDepthLimit + 1)
        #expect(Self.fault(deep) != nil)
    }

    @Test func `what the configuration endpoint prints is read as the same`() throws {
        let folder = TemporaryFolder()
        try folder.writeModel(
            .binary, file: "model.json",
            configuration: """
                max_batch_size: 9 dynamic_batching { } metric_tags { key: "a" value: "b" }
                parameters { key: "iteration_range" value { string_value: "0,10" } }
                """)
        let model = try #require(folder.load().table.servedModels.first)
        let json = model.configurationJSON
        let again = try ModelConfiguration.read(json: json.span, directoryName: "m")
        #expect(again.maxBatchSize == 9 && again.metricTags == model.configuration.metricTags)
        #expect(again.parameters.map(\.key) == ["iteration_range"], "what a load has found is left out")
        #expect(again.dynamicBatching == model.configuration.dynamicBatching)
    }

    @Test func `no text ends the process`() {
        var generator = SeededGenerator.forTest()
        let pieces = [
            "{", "}", "[", "]", ":", ",", "\"name\"", "\"input\"", "\"dims\"", "1", "-2.5e9", "true", "null", "\"x\"",
            "\"parameters\"", "\n", " ",
        ]
        for _ in 0..<3_000 {
            let text = (0..<generator.int(in: 0...30)).map { _ in generator.element(of: pieces) }.joined()
            _ = Self.fault("{" + text)
        }
    }
}
