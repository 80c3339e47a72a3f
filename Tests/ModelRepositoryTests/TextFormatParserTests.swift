import Testing

@testable import ModelRepository

struct TextFormatParserTests {
    @Test(arguments: [
        ("max_batchsize: 1", "1:1: inference.ModelConfig has no field 'max_batchsize'; did you mean 'max_batch_size'?"),
        ("name: \"a\"\n  backnd: \"fil\"", "2:3: inference.ModelConfig has no field 'backnd'; did you mean 'backend'?"),
        ("zzzzzzzzzzzz: 1", "1:1: inference.ModelConfig has no field 'zzzzzzzzzzzz'"),
        (
            "dynamic_batching {\n\tmax_queue_delay: 5 }",
            "2:2: inference.ModelDynamicBatching has no field 'max_queue_delay'"
        ),
        (
            "output { data_type: TYPE_FP23 }",
            "1:21: 'TYPE_FP23' is not a value of 'data_type'; did you mean 'TYPE_FP32'?"
        ),
        ("output { data_type: 99 }", "1:21: '99' is not a value of 'data_type'"),
        ("max_batch_size: 3000000000", "1:17: 3000000000 does not fit into int32"),
        ("max_batch_size: \"4\"", "1:17: expected an integer, found a string"),
        ("name: 4", "1:7: expected a quoted string, found the number 4"),
        ("name: \"a", "1:7: the string does not end on its line"),
        ("name: \"\\z\"", "1:8: unknown escape sequence in a string"),
        ("name: \"\\303\"", "1:7: the text of 'name' is not UTF-8"),
        ("name \"a\"", "1:6: expected ':' after 'name', found a string"),
        ("name: \"a\" name: \"b\"", "1:11: 'name' may be given only once"),
        ("version_policy { all { } latest { } }", "1:26: 'latest' and 'all' exclude each other"),
        ("version_policy { all { }", "1:25: expected a field name or '}', found the end of the file"),
        ("name: \"a\"\n$", "2:1: unexpected byte '$'"),
        ("name: \u{1}", "1:7: unexpected byte 0x01"),
        ("input { optional: maybe }", "1:19: expected true or false, found 'maybe'"),
        (
            "sequence_batching { }",
            "1:1: 'sequence_batching' is refused: sequences of requests are not served"
        ),
    ])
    func `a fault says where and why`(_ text: String, _ fault: String) {
        let found = TextFormatParser.printedFault(text)
        // A far-fetched suggestion may follow or not; what is listed must be there.
        #expect(found?.hasPrefix(fault) == true, "\(found ?? "no fault")")
    }

    @Test func `fields without effect are read and noted with their place`() throws {
        let text = """
            optimization { cuda { graphs: true } }
            instance_group [ { count: 1, gpus: [ 0 ] } ]
            """
        let (message, notices) = try TextFormatParser.parse(
            Array(text.utf8).span, as: ModelConfigurationSchema.modelConfiguration)
        #expect(message.has("optimization"))
        #expect(
            notices == [
                .init(
                    position: TextPosition(line: 1, column: 1), field: "optimization",
                    sentence: "has no effect on this server"),
                .init(
                    position: TextPosition(line: 2, column: 30), field: "instance_group.gpus",
                    sentence: "this server has no GPU"),
            ])
    }

    @Test func `messages inside each other are limited`() {
        // No schema here nests without end, so a recursive one is made by hand: as deep as the limit and one more.
        var schema = MessageSchema("deep", [.field("a", 1, .int32)])
        for _ in 0...ModelRepositoryLimits.textFormatDepthLimit {
            schema = MessageSchema("deep", [.field("a", 1, .message(schema))])
        }
        let limit = ModelRepositoryLimits.textFormatDepthLimit
        let permitted = String(repeating: "a{", count: limit) + String(repeating: "}", count: limit)
        #expect(TextFormatParser.printedFault(permitted, as: schema) == nil)
        let tooDeep = String(repeating: "a{", count: limit + 1) + String(repeating: "}", count: limit + 1)
        let fault = TextFormatParser.printedFault(tooDeep, as: schema)
        #expect(fault == "1:\(2 * limit + 2): more than \(limit) messages stand inside each other")
    }

    @Test func `tokens are limited`() {
        let limit = ModelRepositoryLimits.textFormatTokenLimit
        let text = "input{dims:[" + String(repeating: "1,", count: limit / 2) + "1]}"
        #expect(TextFormatParser.printedFault(text)?.hasSuffix("more than \(limit) tokens") == true)
    }

    @Test func `bytes are limited`() {
        let limit = ModelRepositoryLimits.textFormatByteLimit
        let permitted = String(repeating: " ", count: limit)
        #expect(TextFormatParser.printedFault(permitted) == nil)
        let fault = TextFormatParser.printedFault(permitted + " ")
        #expect(fault == "1:1: the file has \(limit + 1) bytes, \(limit) are permitted")
    }

    @Test func `notices are limited`() throws {
        let text = String(repeating: "input{allow_ragged_batch:1}", count: ModelRepositoryLimits.noticeLimit + 5)
        let (_, notices) = try TextFormatParser.parse(
            Array(text.utf8).span, as: ModelConfigurationSchema.modelConfiguration)
        #expect(notices.count == ModelRepositoryLimits.noticeLimit)
    }

    @Test(arguments: [
        ("", "", 0), ("a", "", 1), ("abc", "abd", 1), ("abc", "acb", 1), ("kitten", "sitting", 3), ("abcd", "ab", 2),
    ])
    func `edit distance counts insertions, deletions, replacements and swaps`(
        _ left: String, _ right: String, _ distance: Int
    ) {
        #expect(NearestName.editDistance(Array(left.utf8), Array(right.utf8)) == distance)
        #expect(NearestName.editDistance(Array(right.utf8), Array(left.utf8)) == distance)
    }
}
