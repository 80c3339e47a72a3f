import Testing

@testable import InferenceServer

@Suite struct ServerCallOptionsTests {
    private static func call(_ words: String...) throws -> ServerCallOptions {
        guard case .call(let options) = try Command.parse(words) else {
            throw OptionFault.missingCommand
        }
        return options
    }

    @Test func `commands that call a server are read`() throws {
        let feedback = try Self.call("feedback", "import", "l.csv", "--model", "m n", "--token-file=t", "--json")
        #expect(feedback.action == .importFeedback(file: "l.csv", model: "m n"))
        #expect(feedback.tokenFile == "t" && feedback.asJSON && feedback.url == "http://127.0.0.1:8000")
        let kept = try Self.call(
            "feedback", "import", "l.csv", "--model", "m", "--data-directory", "d", "--model-repository=r")
        #expect(kept.action == .joinFeedback(file: "l.csv", model: "m", dataDirectory: "d", repository: "r"))
        let experiment = try Self.call("experiment", "--url", "h:1", "s", "--svg", "p.svg")
        #expect(experiment.action == .showExperiment(split: "s", plot: "p.svg") && experiment.url == "h:1")
        #expect(try Self.call("rollout", "é", "pause").action == .commandRollout(split: "é", command: "pause"))
        #expect(try Command.parse(["rollout", "x", "--help"]) == .help(HelpText.rollout))
        #expect(try Command.parse(["experiment", "-h"]) == .help(HelpText.experiment))
        #expect(try Command.parse(["feedback", "-h"]) == .help(HelpText.feedback))
    }

    private static let faults: [[String]] = [
        ["feedback"], ["feedback", "export", "f"], ["feedback", "import"], ["feedback", "import", "f"],
        ["feedback", "import", "f", "g", "--model", "m"],
        ["feedback", "import", "f", "--model", "m", "--data-directory", "d"],
        ["feedback", "import", "f", "--model", "m", "--model-repository", "r"],
        ["feedback", "import", "f", "--model", "m", "--data-directory=d", "--model-repository=r", "--url", "h:1"],
        ["experiment"], ["experiment", "a", "b"],
        ["experiment", "../a"], ["rollout", "s"], ["rollout", "s", "stop"], ["rollout", "s", "pause", "now"],
        ["rollout", "s", "pause", "--urll", "u"],
    ]

    @Test func `what cannot be done is said`() {
        for words in Self.faults {
            #expect(throws: OptionFault.self, "\(words)") { _ = try Command.parse(words) }
        }
    }
}
