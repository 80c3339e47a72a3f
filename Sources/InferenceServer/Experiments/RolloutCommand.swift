import JSONSyntax
import ModelMonitoring
import OpenInferenceProtocol

/// The body of `POST /v2/experiments/S/rollout`.
enum RolloutCommand {
    /// Bytes of a body: the longest command has thirty.
    static let byteCountLimit = 1_024

    /// Reads `{"action": "pause"}`.
    static func read(_ body: Span<UInt8>) throws(ProtocolError) -> Rollout.Command {
        let known = Rollout.Command.allCases.map(\.rawValue).joined(separator: ", ")
        guard body.count <= byteCountLimit, let value = JSONValue(body), case .object(let members) = value else {
            throw ProtocolError(
                .invalidArgument, "the body is no JSON object of at most \(byteCountLimit) bytes with an action")
        }
        for name in members.keys where name != "action" {
            throw ProtocolError(.invalidArgument, "'\(name.prefix(64))' is no member of a command: it has an action")
        }
        guard let text = members["action"]?.text, let command = Rollout.Command(rawValue: text) else {
            throw ProtocolError(.invalidArgument, "action is none of \(known)")
        }
        return command
    }
}
