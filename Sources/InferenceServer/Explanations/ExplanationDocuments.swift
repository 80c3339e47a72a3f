import AnomalyExplanation
import LinuxSystem
import OpenInferenceProtocol

/// Lists of explanations as clients read them.
enum ExplanationDocuments {
    /// Appends a page of the list.
    ///
    /// - Parameter next: where the next page goes on; nil at the end.
    static func append(_ incidents: [Incident], next: ExplanationIdentity?, to buffer: inout ByteBuffer) {
        buffer.append("{\"explanations\":[")
        for (index, incident) in incidents.enumerated() {
            if index > 0 { buffer.append(",") }
            IncidentDocument(incident).append(to: &buffer)
        }
        buffer.append("],\"next_cursor\":")
        if let next { buffer.appendJSONString(next.text) } else { buffer.append("null") }
        buffer.append("}")
    }

    /// Appends explanations as events of a stream.
    ///
    /// The stream ends behind them: a client comes again with the number of the last one, as readers of such streams do
    /// by themselves.
    ///
    /// - Parameter event: the one behind which a client went on; it goes on there again if there is nothing new.
    /// - Source: HTML Living Standard, section 9.2, "Server-sent events".
    static func appendEvents(_ incidents: [Incident], after event: UInt64, to buffer: inout ByteBuffer) {
        buffer.append("retry: 250\n\n")
        for incident in incidents {
            buffer.append("id: \(incident.event)\nevent: explanation.\(incident.job.state.rawValue)\ndata: ")
            // A document is one line: its strings escape the ends of lines.
            IncidentDocument(incident).append(to: &buffer)
            buffer.append("\n\n")
        }
        if incidents.isEmpty { buffer.append("id: \(event)\n\n") }
    }
}
