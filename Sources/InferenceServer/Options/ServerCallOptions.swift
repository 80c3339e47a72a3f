import ModelMonitoring
import ModelRepository
import OpenInferenceProtocol

/// A command that calls a running server, or does what the server would: which server, and what about.
package struct ServerCallOptions: Equatable, Sendable {
    /// What is to be done.
    package enum Action: Equatable, Sendable {
        /// Send the labels of a file for a model or split.
        case importFeedback(file: String, model: String)
        /// Join the labels of a file with what a server has left that does not run.
        case joinFeedback(file: String, model: String, dataDirectory: String, repository: String)
        /// Show an experiment, and draw it into a file.
        case showExperiment(split: String, plot: String?)
        /// Give a rollout a command.
        case commandRollout(split: String, command: String)
        /// Show the explanation of a row, when it is there.
        case explain(id: String, waitSeconds: Int)
        /// Show explanations as they end.
        case followExplanations
    }

    package var action: Action
    package var url = "http://127.0.0.1:8000"
    package var tokenFile: String?
    /// Certificates that the server's may rest on; nil for the system's.
    package var certificateAuthorityFile: String?
    /// Whether the answer is for programs.
    package var asJSON = false

    private static let common = ["--url": "URL", "--token-file": "FILE", "--ca-file": "FILE"]

    private init(_ action: Action, _ words: CommandWords) {
        self.action = action
        if let url = words.values["--url"] { self.url = url }
        tokenFile = words.values["--token-file"]
        certificateAuthorityFile = words.values["--ca-file"]
        asJSON = words.switches.contains("--json")
    }

    /// Reads the words behind `rowan feedback`.
    static func feedback(_ words: [String]) throws(OptionFault) -> ServerCallOptions {
        var read = try CommandWords(
            words, command: "feedback",
            options: common.merging(["--model": "NAME", "--data-directory": "DIR", "--model-repository": "DIR"]) {
                first, _ in first
            })
        let verb = try read.takeArgument("ACTION (import)")
        guard verb == "import" else {
            throw .unusableValue(source: "`rowan feedback`", value: verb, expected: "import")
        }
        let file = try read.takeArgument("FILE")
        try read.end()
        guard let model = read.values["--model"] else {
            throw .missingValue(option: "--model", placeholder: "NAME")
        }
        guard let directory = read.values["--data-directory"] else {
            guard read.values["--model-repository"] == nil else {
                throw .contradiction("--model-repository is for labels that are joined with a --data-directory.")
            }
            return ServerCallOptions(.importFeedback(file: file, model: try checked(model)), read)
        }
        guard let repository = read.values["--model-repository"] else {
            throw .contradiction(
                "`rowan feedback import` with --data-directory needs --model-repository DIR besides: labels are "
                    + "compared with what the models call their classes.")
        }
        guard common.keys.allSatisfy({ read.values[$0] == nil }) else {
            throw .contradiction(
                "--data-directory is that of a server which does not run: leave --url and the like away.")
        }
        return ServerCallOptions(
            .joinFeedback(
                file: file, model: try checked(model), dataDirectory: directory, repository: repository), read)
    }

    /// Reads the words behind `rowan experiment`.
    static func experiment(_ words: [String]) throws(OptionFault) -> ServerCallOptions {
        var read = try CommandWords(
            words, command: "experiment", options: common.merging(["--svg": "FILE"]) { first, _ in first })
        let split = try checked(try read.takeArgument("SPLIT"))
        try read.end()
        return ServerCallOptions(.showExperiment(split: split, plot: read.values["--svg"]), read)
    }

    /// Reads the words behind `rowan rollout`.
    static func rollout(_ words: [String]) throws(OptionFault) -> ServerCallOptions {
        var read = try CommandWords(words, command: "rollout", options: common)
        let split = try checked(try read.takeArgument("SPLIT"))
        let actions = Rollout.Command.allCases.map(\.rawValue)
        let action = try read.takeArgument("ACTION (\(actions.joined(separator: ", ")))")
        guard actions.contains(action) else {
            throw .unusableValue(
                source: "`rowan rollout`", value: action, expected: "one of \(actions.joined(separator: ", "))")
        }
        try read.end()
        return ServerCallOptions(.commandRollout(split: split, command: action), read)
    }

    /// Reads the words behind `rowan explain`.
    static func explain(_ words: [String]) throws(OptionFault) -> ServerCallOptions {
        var read = try CommandWords(
            words, command: "explain", options: common.merging(["--wait": "SECONDS"]) { first, _ in first },
            switches: ["--json", "--follow"])
        if read.switches.contains("--follow") {
            try read.end()
            return ServerCallOptions(.followExplanations, read)
        }
        let id = try read.takeArgument("ID or --follow")
        guard ExplanationIdentity(id) != nil else {
            throw .unusableValue(
                source: "`rowan explain`", value: id, expected: "an identity of rowan_explanation_ids")
        }
        try read.end()
        var seconds = 10
        if let text = read.values["--wait"] {
            guard let value = Int(text), (0...AnomalyHandoverLimits.waitSeconds).contains(value) else {
                throw .unusableValue(
                    source: "--wait", value: text, expected: "0 to \(AnomalyHandoverLimits.waitSeconds) seconds")
            }
            seconds = value
        }
        return ServerCallOptions(.explain(id: id, waitSeconds: seconds), read)
    }

    private static func checked(_ name: String) throws(OptionFault) -> String {
        guard ModelName.isSafe(name) else {
            throw .unusableValue(source: "the name", value: name, expected: "the name of a model")
        }
        return name
    }
}
