import Testing

@testable import JSONSyntax

// Examples of the grammar, each from RFC 8259, and every limit of the cursor.
@Suite struct JSONCursorTests {
    @Test func `a document is read token by token`() throws {
        let text = Array(#"{"a": [1, -2.5e3, true], "b": {"c": null}, "d": "x", "e": [], "f": {}, "g": false}"#.utf8)
        let tokens = try JSONText.tokens(text)
        let expected: [JSONToken] = [
            .beginObject, .key(JSONStringRange(range: 2..<3, hasEscapes: false)), .beginArray, .number(7..<8),
            .number(10..<16), .true, .endArray,
        ]
        #expect(Array(tokens.prefix(expected.count)) == expected)
        #expect(tokens.count == 24)
        #expect(tokens.last == .end)
    }

    @Test(arguments: [
        "0", "-0", "1e5", "\"\"", "null", "true", "false", "[]", "{}", " [ 1 , 2 ] ", "{\"\":0}", "\t\n\r 1\n",
        "[[[]]]", "1.0E+2", "\"\\u00e9\\n\\\"\\\\\\/\\b\\f\\r\\t\"", "\"\\ud83d\\ude00\"", "\"é€😀\"",
        "{\"a\":1,\"a\":2}",
    ])
    func `well-formed texts are accepted`(text: String) {
        #expect(JSONText.fault(text) == nil)
    }

    @Test(arguments: [
        "", " ", "[", "]", "{", "}", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}",
        "{1:2}", "{\"a\" 1}", "[1}", "{\"a\":1]", "01", "-", "-a", "1.", ".5", "+1", "1e", "1e+", "0x10", "1_000",
        "tru",
        "nul", "True", "NaN", "Infinity", "-Infinity", "\"a", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\ud800\"",
        "\"\\ud800x\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "'a'", "[1]]", "1 2", "{} {}", "[1]x", "\u{feff}1", "//",
        "00",
        "\"a\nb\"", "\"\t\"", "\u{0b}1", "-01", "[-]", "1.e1", "1.2.3", "--1",
    ])
    func `malformed texts are refused`(text: String) {
        #expect(JSONText.fault(text) != nil)
    }

    @Test func `the words of the extension need an option`() throws {
        let text = Array("[NaN, Infinity, -Infinity, -1]".utf8)
        let tokens = try JSONText.tokens(text, acceptsNonFinite: true)
        #expect(
            tokens == [
                .beginArray, .notANumber, .infinity(isNegative: false), .infinity(isNegative: true), .number(27..<29),
                .endArray, .end,
            ])
        for text in ["nan", "inf", "+Infinity", "-NaN", "Infinit", "-Inf", "-I", "N"] {
            #expect(JSONText.fault(text, acceptsNonFinite: true) != nil)
        }
    }

    @Test func `nesting is limited`() {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(JSONText.fault(nested(100), depthLimit: 100) == nil)
        #expect(JSONText.fault(nested(101), depthLimit: 100) == JSONFault(at: 100, .tooDeep(limit: 100)))
        let greatest = JSONLimits.greatestDepthLimit
        #expect(JSONText.fault(nested(greatest), depthLimit: greatest) == nil)
        #expect(JSONText.fault(nested(greatest + 1), depthLimit: greatest) != nil)
        #expect(JSONText.fault("1", depthLimit: 0) == nil)
        #expect(JSONText.fault("[]", depthLimit: 0) != nil)
    }

    @Test func `mixed containers keep their kinds at every depth`() {
        var text = ""
        var closing = ""
        for level in 0..<60 {
            text += level % 3 == 0 ? "[" : "{\"k\":"
            closing = (level % 3 == 0 ? "]" : "}") + closing
        }
        #expect(JSONText.fault(text + "1" + closing) == nil)
        for index in closing.indices {
            var wrong = closing
            wrong.replaceSubrange(index...index, with: closing[index] == "]" ? "}" : "]")
            #expect(JSONText.fault(text + "1" + wrong) != nil)
        }
    }

    @Test func `a fault says where and why`() {
        #expect(JSONText.fault("[1, x]") == JSONFault(at: 4, .unexpectedByte(UInt8(ascii: "x"))))
        #expect(JSONText.fault("[1, 23") == JSONFault(at: 6, .endedEarly))
        #expect(JSONText.fault("[1] 2") == JSONFault(at: 4, .textAfterEnd))
        #expect(JSONText.fault("\"\\ud800xy\"") == JSONFault(at: 1, .loneSurrogate))
        #expect(JSONFault(at: 4, .unexpectedByte(1)).message == "unexpected byte 0x01 at byte 4")
        #expect(JSONFault(at: 4, .unexpectedByte(0x78)).message == "unexpected 'x' at byte 4")
    }

    @Test func `a value is skipped whole and its place is reported`() throws {
        let values = [
            #"{"a": [1, {"b": "]"}], "c": "}"}"#, "[[1],[2]]", "\"a\\\"b\"", "12.5", "true", "false", "null", "NaN",
            "-Infinity", "Infinity",
        ]
        for value in values {
            let text = Array("[ \(value) , 7]".utf8)
            var cursor = JSONCursor(depthLimit: 100, acceptsNonFinite: true)
            _ = try cursor.next(in: text.span)
            let range = try cursor.skipValue(in: text.span)
            #expect(String(decoding: text[range], as: UTF8.self) == value)
            guard case .number(let next) = try cursor.next(in: text.span) else {
                Issue.record("the number behind was not read")
                continue
            }
            #expect(text[next] == [UInt8(ascii: "7")])
        }
    }
}
