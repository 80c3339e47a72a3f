import LinuxSystem
import TestSupport
import Testing

@testable import AccessControl

@Suite struct APIKeyFileTests {
    private static let salt = String(repeating: "0a", count: 16)
    private static let hash = String(repeating: "5f", count: 32)
    private static let digest = "\"salt\": \"\(salt)\", \"sha256\": \"\(hash)\""

    private static func file(_ text: String) throws(KeyFileFault) -> APIKeyFile {
        let bytes = Array(text.utf8)
        return try APIKeyFile(bytes.span)
    }

    /// The fault of a file with one key.
    private static func fault(_ members: String) -> String? {
        do throws(KeyFileFault) {
            _ = try file("{\"keys\": [\n{\(members)}]}")
            return nil
        } catch {
            return error.description
        }
    }

    private static func good(_ more: String = "") -> String { "\"id\": \"a\", \"scope\": \"infer\", \(digest)\(more)" }

    @Test func `a file is read`() throws {
        let file = try Self.file(
            """
            {"keys": [
              {\(Self.good())},
              {"id": "ops", "name": "night \\u00e9", "scope": "admin", \(Self.digest),
               "models": ["fraud", "b"], "requests_per_second": 2.5, "burst": 7, "created": 1796018400},
              {"id": "c", "scope": "infer", \(Self.digest), "requests_per_second": 20, "models": []}
            ]}
            """)
        #expect(file.keys.map(\.id.description) == ["a", "ops", "c"])
        #expect(file.keys.map(\.scope) == [.infer, .admin, .infer])
        #expect(file.keys.map(\.name) == ["", "night é", ""])
        #expect(file.keys.map(\.models) == [nil, ["fraud", "b"], []])
        let limits = [nil, RateLimit(requestsPerSecond: 2.5, burst: 7), RateLimit(requestsPerSecond: 20, burst: 20)]
        #expect(file.keys.map(\.limit) == limits)
        #expect(file.keys.map(\.createdSeconds) == [nil, 1_796_018_400, nil])
        #expect(file.keys[1].digest.saltText == Self.salt && file.keys[1].digest.digestText == Self.hash)
        let again = try Self.file(file.text)
        #expect(again.text == file.text && again.keys.map(\.limit) == limits)
        #expect(try Self.file("{\"keys\": []}").keys.isEmpty && Self.file(APIKeyFile().text).keys.isEmpty)
    }

    @Test func `a fault says where it is and which rule it breaks`() {
        let table: [(String, String)] = [
            ("", "line 2: a key has no \"id\""),
            ("\"id\": \"a\"", "line 2: key \"a\": needs \"salt\", 32 digits 0-9a-f, and \"sha256\", 64"),
            ("\"id\": \"A\"", "line 2: \"id\" is no 1 to 16 letters a-z and digits"),
            ("\"id\": 1", "line 2: \"id\" is no text"),
            ("\"id\": \"a\",\n\(Self.digest)", "line 3: key \"a\": needs \"scope\""),
            (Self.good(", \"scope\": \"infer\""), "line 2: \"scope\" is there twice"),
            ("\"scope\": \"root\"", "line 2: \"scope\" is neither \"infer\" nor \"admin\""),
            (
                "\"modells\": []",
                "line 2: a key has no member \"modells\": id, name, scope, salt, sha256, models, "
                    + "requests_per_second, burst, created"
            ),
            (Self.good(", \"models\": \"a\""), "line 2: \"models\" is no list"),
            (Self.good(", \"models\": [1]"), "line 2: \"models\" holds something else than names"),
            (Self.good(", \"models\": [\"\"]"), "line 2: a name in \"models\" has not 1 to 200 bytes"),
            (Self.good(", \"burst\": 2"), "line 2: key \"a\": \"burst\" needs \"requests_per_second\""),
            (Self.good(", \"burst\": 1.5"), "line 2: \"burst\" is no whole number"),
            (Self.good(", \"burst\": 0"), "line 2: \"burst\" is not from 1 to 1000000"),
            (Self.good(", \"requests_per_second\": 0"), "line 2: \"requests_per_second\" is not from 0.001 to 1000000"),
            (
                Self.good(", \"requests_per_second\": 1e7"),
                "line 2: \"requests_per_second\" is not from 0.001 to 1000000"
            ),
            (Self.good(", \"requests_per_second\": \"1\""), "line 2: \"requests_per_second\" is no number"),
            (Self.good(", \"created\": true"), "line 2: \"created\" is no number"),
            (Self.good(", \"name\": null"), "line 2: \"name\" is no text"),
        ]
        for (members, expected) in table { #expect(Self.fault(members) == expected, "\(members)") }
        #expect(Self.fault(Self.good()) == nil)
    }

    @Test func `a file of another form is refused`() {
        for text in [
            "", "[]", "{}", "{\"keys\": {}}", "{\"keyes\": []}", "{\"keys\": [], \"more\": 1}", "{\"keys\": [1]}",
            "{\"keys\": []} x", "{\"keys\": [{\(Self.good())}, {\(Self.good())}]}",
            "{\"keys\": [{\"id\": [[[[[[[[[]]]]]]]]]}]}",
        ] {
            #expect(throws: KeyFileFault.self, "\(text)") { _ = try Self.file(text) }
        }
        #expect(AccessControlLimits.nestingDepth == 8)
    }

    @Test func `no digit of a hash is taken for another`() {
        for digit in ["A", "g", " ", "é"] {
            let hash = digit + Self.hash.dropFirst()
            #expect(
                Self.fault("\"id\": \"a\", \"scope\": \"infer\", \"salt\": \"\(Self.salt)\", \"sha256\": \"\(hash)\"")
                    != nil)
        }
    }

    @Test func `a file that is cut at any byte is refused`() throws {
        let text = Array(
            "{\"keys\": [{\(Self.good(", \"models\": [\"m\"], \"requests_per_second\": 2, \"burst\": 3"))}]}".utf8)
        #expect(try APIKeyFile(text.span).keys.count == 1)
        for count in text.indices {
            #expect(throws: KeyFileFault.self, "\(count)") { _ = try APIKeyFile(Array(text[..<count]).span) }
        }
    }

    @Test func `every limit of a file holds`() throws {
        let name = String(repeating: "n", count: AccessControlLimits.keyNameByteCount)
        #expect(Self.fault(Self.good(", \"name\": \"\(name)\"")) == nil)
        #expect(Self.fault(Self.good(", \"name\": \"\(name)n\"")) == "line 2: \"name\" has more than 200 bytes")
        let model = String(repeating: "m", count: AccessControlLimits.modelNameByteCount)
        #expect(Self.fault(Self.good(", \"models\": [\"\(model)\"]")) == nil)
        #expect(Self.fault(Self.good(", \"models\": [\"\(model)m\"]")) != nil)
        let models = Array(repeating: "\"m\"", count: AccessControlLimits.modelsPerKey)
        #expect(Self.fault(Self.good(", \"models\": [" + models.joined(separator: ",") + "]")) == nil)
        let more = (models + ["\"m\""]).joined(separator: ",")
        #expect(Self.fault(Self.good(", \"models\": [" + more + "]")) == "line 2: \"models\" has more than 256 names")

        func keys(_ count: Int) -> String {
            let keys = (0..<count).map { "{\"id\": \"k\($0)\", \"scope\": \"infer\", \(Self.digest)}" }
            return "{\"keys\": [" + keys.joined(separator: ",") + "]}"
        }
        #expect(try Self.file(keys(AccessControlLimits.keyCount)).keys.count == AccessControlLimits.keyCount)
        #expect(throws: KeyFileFault(line: 1, "has more than 10000 keys")) {
            _ = try Self.file(keys(AccessControlLimits.keyCount + 1))
        }
        let blanks = String(repeating: " ", count: AccessControlLimits.keyFileByteCount)
        #expect(throws: KeyFileFault(line: 0, "has more than 4194304 bytes")) {
            _ = try Self.file("{\"keys\": []}" + blanks)
        }
    }
}
