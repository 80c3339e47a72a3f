import JSONSyntax
import LinuxSystem

/// Carries out `rowan experiment` and `rowan rollout`.
package struct ExperimentCommand {
    private let caller: ServerCaller
    private let split: String

    /// Asks about a split.
    package init(_ split: String, _ caller: ServerCaller) {
        self.split = split
        self.caller = caller
    }

    /// Shows the experiment, and draws it into a file if one is named.
    package func show(asJSON: Bool, plot: String?) throws(ViewFault) -> String {
        let answer = try caller.get("/v2/experiments/\(split)")
        let document = try Self.document(answer)
        if let plot { try write(ExperimentPlot.svg(of: document), to: plot) }
        return asJSON ? Self.line(answer) : ExperimentTable.text(of: document)
    }

    /// Gives the split's rollout a command.
    package func command(_ action: String, asJSON: Bool) throws(ViewFault) -> String {
        let answer = try caller.post("/v2/experiments/\(split)/rollout", "{\"action\":\"\(action)\"}")
        if asJSON { return Self.line(answer) }
        let rollout = try Self.document(answer)["rollout"]
        let phase = rollout?["phase"]?.text ?? "-"
        let share = rollout?["share_percent"]?.integer.map { "\($0)" } ?? "-"
        return "\(split): \(phase.replacing("_", with: " ")) at \(share) %\n"
    }

    private static func document(_ answer: [UInt8]) throws(ViewFault) -> JSONValue {
        guard let document = JSONValue(answer.span) else {
            throw ViewFault("the server's answer is no JSON")
        }
        return document
    }

    private static func line(_ answer: [UInt8]) -> String { String(decoding: answer, as: UTF8.self) + "\n" }

    private func write(_ text: String, to path: String) throws(ViewFault) {
        do throws(SystemError) {
            let bytes = Array(text.utf8)
            try OutputFile(creating: path).write(bytes.span, at: 0)
        } catch {
            throw ViewFault("\(path) cannot be written: \(error)")
        }
    }
}
