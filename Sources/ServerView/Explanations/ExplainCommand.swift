import JSONSyntax
import LinuxSystem

/// Carries out `rowan explain`.
package struct ExplainCommand {
    private let caller: ServerCaller
    private let asJSON: Bool

    /// Asks a server for explanations.
    package init(_ caller: ServerCaller, asJSON: Bool) {
        self.caller = caller
        self.asJSON = asJSON
    }

    /// Shows one explanation, when it is there.
    ///
    /// - Parameter waitSeconds: how long the server may wait for its end.
    package func show(_ id: String, waitSeconds: Int) throws(ViewFault) -> String {
        let answer = try caller.get(
            "/v2/explanations/\(id)", parameters: [("wait", "\(waitSeconds)s")],
            accepting: asJSON ? "application/json" : "text/markdown",
            timeout: .seconds(waitSeconds) + ServerViewLimits.callTimeout)
        let text = String(decoding: answer, as: UTF8.self)
        return asJSON ? text + "\n" : text
    }

    /// Shows explanations as they end, until the process does.
    ///
    /// - Parameter write: is given each; false if nobody reads any more.
    /// - Throws: if the server does not answer.
    package func follow(_ write: (String) -> Bool) throws(ViewFault) {
        var stream = EventStreamReader()
        while true {
            var parameters = [("wait", "\(ServerViewLimits.followSeconds)s")]
            if let id = stream.lastID { parameters.append(("last_event_id", id)) }
            let answer = try caller.get(
                "/v2/explanations/stream", parameters: parameters, accepting: "text/event-stream",
                timeout: .seconds(ServerViewLimits.followSeconds) + ServerViewLimits.callTimeout)
            for event in stream.read(answer) {
                let bytes = Array(event.utf8)
                guard let document = JSONValue(bytes.span) else {
                    throw ViewFault("the server's event is no JSON")
                }
                let text = asJSON ? event + "\n" : try page(of: document)
                if !write(text) { return }
            }
        }
    }

    private func page(of document: JSONValue) throws(ViewFault) -> String {
        guard let id = document["id"]?.text else { throw ViewFault("the server's event names no explanation") }
        return try show(id, waitSeconds: 0) + "\n---\n\n"
    }
}
