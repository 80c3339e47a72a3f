import AccessControl
import Testing

@testable import InferenceServer

@Suite struct KeyOptionsTests {
    private static func parse(_ words: String..., variable: String? = nil) throws(OptionFault) -> KeyOptions {
        try KeyOptions.parse(words, environment: variable.map { ["ROWAN_API_KEYS_FILE": $0] } ?? [:])
    }

    @Test func `a key is described by options`() throws {
        let options = try Self.parse(
            "add", "--api-keys-file", "f", "--id=ab1", "--name", "Night shift", "--scope=admin", "--model", "m",
            "--model=n", "--requests-per-second", "2.5", "--burst=4", "--json")
        var key = KeyFileEditor.NewKey()
        key.id = APIKeyID("ab1")
        key.name = "Night shift"
        key.scope = .admin
        key.models = ["m", "n"]
        key.requestsPerSecond = 2.5
        key.burst = 4
        #expect(options.action == .add(key) && options.file == "f" && options.asJSON)
    }

    @Test func `the file may stand in the server's variable`() throws {
        #expect(try Self.parse("list", variable: "v") == KeyOptions(action: .list, file: "v"))
        #expect(try Self.parse("list", "--api-keys-file=f", variable: "v").file == "f")
        let id = try #require(APIKeyID("a"))
        #expect(try Self.parse("revoke", "a", variable: "v").action == .revoke(id))
        #expect(try Self.parse("add", variable: "v").action == .add(KeyFileEditor.NewKey()))
    }

    @Test func `what cannot be meant is refused`() {
        #expect(throws: OptionFault.missingArgument("add|list|revoke", command: "key")) { _ = try Self.parse() }
        #expect(throws: OptionFault.unknownCommand("key lst", nearest: "key list")) { _ = try Self.parse("lst") }
        #expect(throws: OptionFault.missingArgument("--api-keys-file FILE", command: "key list")) {
            _ = try Self.parse("list")
        }
        #expect(throws: OptionFault.missingArgument("ID", command: "key revoke")) {
            _ = try Self.parse("revoke", variable: "v")
        }
        #expect(throws: OptionFault.unexpectedArgument("b", command: "key revoke")) {
            _ = try Self.parse("revoke", "a", "b", variable: "v")
        }
        #expect(throws: OptionFault.unexpectedArgument("a", command: "key add")) {
            _ = try Self.parse("add", "a", variable: "v")
        }
        #expect(throws: OptionFault.unknownOption("--id", nearest: nil)) {
            _ = try Self.parse("list", "--id", "a", variable: "v")
        }
        #expect(throws: OptionFault.missingValue(option: "--burst", placeholder: "N")) {
            _ = try Self.parse("add", "--burst", variable: "v")
        }
        for words in [
            "--id=A", "--scope=root", "--model=a/b", "--requests-per-second=0", "--requests-per-second=x",
            "--requests-per-second=2000000", "--burst=0", "--burst=+1", "--burst=3",
            "--name=" + String(repeating: "n", count: AccessControlLimits.keyNameByteCount + 1),
        ] {
            #expect(throws: OptionFault.self, "\(words)") { _ = try Self.parse("add", words, variable: "v") }
        }
        let models = Array(repeating: "--model=m", count: AccessControlLimits.modelsPerKey)
        #expect(throws: Never.self) {
            _ = try KeyOptions.parse(["add", "--api-keys-file=f"] + models, environment: [:])
        }
        #expect(throws: OptionFault.self) {
            _ = try KeyOptions.parse(["add", "--api-keys-file=f", "--model=m"] + models, environment: [:])
        }
    }
}
