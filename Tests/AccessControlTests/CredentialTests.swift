import Testing

@testable import AccessControl

@Suite struct CredentialTests {
    /// What fields show: the secret itself, "-" for none, "!" for several.
    private static func shown(_ fields: [(String, String)]) -> String {
        var bytes: [UInt8] = []
        var ranges: [(Range<Int>, Range<Int>)] = []
        for (name, value) in fields {
            let start = bytes.count
            bytes += Array(name.utf8)
            let middle = bytes.count
            bytes += Array(value.utf8)
            ranges.append((start..<middle, middle..<bytes.count))
        }
        var reader = Credential.Reader()
        for (name, value) in ranges { reader.fieldReceived(name, value, in: bytes.span) }
        switch reader.credential {
        case .none: return "-"
        case .several: return "!"
        case .one(let range): return String(decoding: bytes[range], as: UTF8.self)
        }
    }

    @Test func `a key is found in either field, whatever the case of names`() {
        #expect(Self.shown([("Authorization", "Bearer abc")]) == "abc")
        #expect(Self.shown([("authorization", "bearer   abc")]) == "abc")
        #expect(Self.shown([("X-API-Key", "abc")]) == "abc")
        #expect(Self.shown([("host", "a"), ("x-api-key", "abc"), ("accept", "*/*")]) == "abc")
    }

    @Test func `what is for somebody else counts as nothing`() {
        for fields in [
            [], [("authorization", "Basic YTpi")], [("authorization", "Bearer")], [("authorization", "")],
            [("authorisation1", "Bearer abc")], [("x-api-kez", "abc")], [("xapi-key-", "abc")],
        ] {
            #expect(Self.shown(fields) == "-", "\(fields)")
        }
    }

    @Test func `the key's own field wins, and several are none`() {
        #expect(Self.shown([("authorization", "Bearer abc"), ("x-api-key", "def")]) == "def")
        #expect(Self.shown([("authorization", "Basic abc"), ("x-api-key", "def")]) == "def")
        #expect(Self.shown([("x-api-key", "abc"), ("x-api-key", "abc")]) == "!")
        #expect(Self.shown([("authorization", "Bearer abc"), ("authorization", "Bearer abc")]) == "!")
        #expect(Self.shown([("authorization", "Bearer ")]) == "")
    }
}
