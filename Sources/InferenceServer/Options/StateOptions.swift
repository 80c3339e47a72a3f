package import DurableState
import ModelRepository

/// What `rowan state` was asked to do with which state.
package struct StateOptions: Equatable, Sendable {
    /// What is to be done.
    package enum Action: Equatable, Sendable {
        case migrate
        case backup(String)
        case restore(String)
    }

    package var action: Action
    package var location: StateLocation
    /// Whether the answer is for programs.
    package var asJSON: Bool

    private static let actions = ["migrate", "backup", "restore"]

    /// Reads the words behind `rowan state`.
    static func parse(_ words: [String], environment: [String: String]) throws(OptionFault) -> StateOptions {
        var read = try CommandWords(
            words, command: "state", options: ["--data-directory": "DIR", "--state-url": "URL"])
        let name = try read.takeArgument("ACTION (migrate, backup or restore)")
        let action: Action
        switch name {
        case "migrate": action = .migrate
        case "backup": action = .backup(try read.takeArgument("FILE"))
        case "restore": action = .restore(try read.takeArgument("FILE"))
        default:
            throw .unusableValue(
                source: "`rowan state`", value: name, expected: "one of \(actions.joined(separator: ", "))")
        }
        try read.end()
        return StateOptions(
            action: action, location: try location(read.values, environment),
            asJSON: read.switches.contains("--json"))
    }

    /// Where the state is: what the options say, else what the variables say.
    private static func location(
        _ values: [String: String], _ environment: [String: String]
    ) throws(OptionFault) -> StateLocation {
        let hasOption = values["--state-url"] != nil || values["--data-directory"] != nil
        let url = values["--state-url"] ?? (hasOption ? nil : environment["ROWAN_STATE_URL"])
        let directory = values["--data-directory"] ?? (hasOption ? nil : environment["ROWAN_DATA_DIRECTORY"])
        if let url {
            guard values["--data-directory"] == nil else {
                throw .contradiction("--data-directory and --state-url name two states: give one of them.")
            }
            do throws(StateFault) {
                return try StateLocation(url: url)
            } catch {
                // The value may hold a password: it is not repeated.
                throw .contradiction("--state-url cannot be used: \(error).")
            }
        }
        guard let directory, !directory.isEmpty else {
            throw .contradiction("`rowan state` needs --data-directory DIR or --state-url URL.")
        }
        return .directory(directory)
    }
}
