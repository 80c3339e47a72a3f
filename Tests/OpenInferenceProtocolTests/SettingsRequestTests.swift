import Testing

@testable import OpenInferenceProtocol

/// Bodies that change settings: one flat object, within limits.
@Suite struct SettingsRequestTests {
    private static func members(_ body: String) throws(ProtocolError) -> [SettingsRequest.Member] {
        try SettingsRequest(Array(body.utf8).span).members
    }

    @Test func `values of every kind are read in their order`() throws {
        let body = #" {"a":null,"b":true,"c":false,"d":-7,"e":"x\"y","f":["p","q"],"g":[]} "#
        #expect(
            try Self.members(body) == [
                .init(name: "a", value: .null), .init(name: "b", value: .flag(true)),
                .init(name: "c", value: .flag(false)), .init(name: "d", value: .integer(-7)),
                .init(name: "e", value: .text("x\"y")), .init(name: "f", value: .texts(["p", "q"])),
                .init(name: "g", value: .texts([])),
            ])
        #expect(try Self.members("").isEmpty && Self.members("{}").isEmpty)
    }

    @Test(arguments: [
        ("[]", "no JSON object"), ("1", "no JSON object"), ("null", "no JSON object"), ("{", "failed to parse"),
        ("{} x", "failed to parse"), (#"{"a":1,"a":1}"#, "setting 'a' is given twice"),
        (#"{"a":1.5}"#, "setting 'a' is no text"), (#"{"a":9223372036854775808}"#, "setting 'a' is no text"),
        (#"{"a":{}}"#, "setting 'a' is no text"), (#"{"a":["x",1]}"#, "a list of something else than texts"),
        (#"{"a":[["x"]]}"#, "a list of something else than texts"), (#"{"a":[null]}"#, "a list of something else"),
    ]) func `other bodies are refused`(body: String, sentence: String) throws {
        let error = try #require(throws: ProtocolError.self) { try Self.members(body) }
        #expect(error.code == .invalidArgument && error.message.contains(sentence), "\(error.message)")
    }

    @Test func `bytes and settings have limits`() throws {
        func object(_ count: Int) -> String { "{" + (0..<count).map { "\"k\($0)\":1" }.joined(separator: ",") + "}" }
        let count = OpenInferenceProtocolLimits.settingCount
        #expect(try Self.members(object(count)).count == count)
        #expect(throws: ProtocolError.self) { try Self.members(object(count + 1)) }
        let bytes = OpenInferenceProtocolLimits.settingsByteCount
        #expect(try Self.members("{}" + String(repeating: " ", count: bytes - 2)).isEmpty)
        #expect(throws: ProtocolError.self) { try Self.members("{}" + String(repeating: " ", count: bytes - 1)) }
    }
}
