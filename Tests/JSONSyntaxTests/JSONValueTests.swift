import Testing

@testable import JSONSyntax

@Suite struct JSONValueTests {
    private static func read(_ text: String) -> JSONValue? {
        let bytes = Array(text.utf8)
        return JSONValue(bytes.span)
    }

    @Test func `a document is read as its values`() {
        let value = Self.read(#" {"a":[1,2.5,"b\n",true,null,{}],"c":{"d":-3},"a2":false} "#)
        #expect(value?["a"]?.elements?.count == 6)
        #expect(value?["a"]?.elements?[0].integer == 1)
        #expect(value?["a"]?.elements?[1].number == 2.5)
        #expect(value?["a"]?.elements?[1].integer == nil)
        #expect(value?["a"]?.elements?[2].text == "b\n")
        #expect(value?["a"]?.elements?[3].flag == true)
        #expect(value?["a"]?.elements?[4] == .null)
        #expect(value?["a"]?.elements?[5] == .object([:]))
        #expect(value?["c"]?["d"]?.integer == -3)
        #expect(value?["a2"]?.flag == false)
        #expect(value?["e"] == nil)
        #expect(Self.read("[]") == .array([]))
    }

    private static let faults = [
        "", "{", "[", "[1", "[1,", "{\"a\"", "{\"a\":", "{\"a\":1", "1 2", "[1]]", "nul", "[1e999]", "{\"a\":1e999}",
        "{\"a\":[}", "NaN", "[Infinity]",
    ]

    @Test func `what is no document is nothing`() {
        for text in Self.faults { #expect(Self.read(text) == nil, "\(text)") }
    }

    @Test func `containers may be as deep as the limit says`() {
        let depth = JSONLimits.valueDepth
        #expect(Self.read(String(repeating: "[", count: depth) + String(repeating: "]", count: depth)) != nil)
        #expect(Self.read(String(repeating: "[", count: depth + 1) + String(repeating: "]", count: depth + 1)) == nil)
    }
}
