import DurableState
import TestSupport
import Testing

@testable import InferenceServer

@Suite struct StateOptionsTests {
    private static func parse(_ words: String..., environment: [String: String] = [:]) throws -> Command {
        try Command.parse(["state"] + words, environment: environment)
    }

    @Test func `state takes an action and a place`() throws {
        let directory = StateLocation.directory("d")
        #expect(
            try Self.parse("migrate", "--data-directory", "d")
                == .state(StateOptions(action: .migrate, location: directory, asJSON: false)))
        #expect(
            try Self.parse("--json", "backup", "--data-directory=d", "f.db")
                == .state(StateOptions(action: .backup("f.db"), location: directory, asJSON: true)))
        #expect(
            try Self.parse("restore", "f.db", environment: ["ROWAN_DATA_DIRECTORY": "d"])
                == .state(StateOptions(action: .restore("f.db"), location: directory, asJSON: false)))
        #expect(
            try Self.parse(
                "migrate", "--state-url", "postgresql://h/n", environment: ["ROWAN_DATA_DIRECTORY": "d"])
                == .state(
                    StateOptions(action: .migrate, location: .postgres(url: "postgresql://h/n"), asJSON: false)))
        #expect(try Self.parse("migrate", "--help") == .help(HelpText.state))
    }

    private static let faults: [([String], Int32)] = [
        ([], 2), (["backup", "--data-directory", "d"], 2), (["vacuum", "--data-directory", "d"], 1),
        (["migrate"], 1), (["migrate", "x", "--data-directory", "d"], 2), (["migrate", "--data-dir", "d"], 2),
        (["migrate", "--data-directory"], 2),
        (["migrate", "--data-directory", "d", "--state-url", "postgresql://h"], 1),
        (["migrate", "--state-url", "mysql://u:secret@h"], 1), (["migrate", "--json=1"], 2),
        (["migrate", "--data-directory=d", "--data-directory=e"], 2),
    ]

    @Test func `what cannot be done is said, without passwords`() throws {
        for (words, code) in Self.faults {
            let fault = try #require(throws: OptionFault.self, "\(words)") {
                _ = try Command.parse(["state"] + words)
            }
            #expect(fault.exitCode == code, "\(words): \(fault.message)")
            #expect(!fault.message.contains("secret"))
        }
    }

    @Test func `a state is migrated, backed up and restored`() throws {
        let folder = TemporaryFolder()
        let location = StateLocation.directory(folder.path + "/state")
        let file = folder.path + "/backup.db"
        func run(_ action: StateOptions.Action, asJSON: Bool = false) throws -> String {
            try StateCommand.run(StateOptions(action: action, location: location, asJSON: asJSON))
        }
        #expect(throws: StateFault.self) { try run(.backup(file)) }
        #expect(try run(.migrate).contains("1 (documents)"))
        #expect(try run(.migrate).contains("nothing to do"))
        #expect(try run(.migrate, asJSON: true) == "{\"migrated\":[]}\n")
        #expect(try run(.backup(file), asJSON: true) == "{\"backup\":\"\(file)\",\"rows\":0}\n")
        #expect(throws: StateFault.fileExists(file)) { try run(.backup(file)) }
        #expect(try run(.restore(file)).contains("0 rows"))
    }
}
