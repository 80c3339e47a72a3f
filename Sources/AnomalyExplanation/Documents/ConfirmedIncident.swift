package import KnowledgeRetrieval
import OpenInferenceProtocol

/// What people have confirmed or corrected about an incident, as a document that later explanations may rest on.
package enum ConfirmedIncident {
    /// Makes the document; nil where nobody has said anything that helps.
    package static func document(of incident: Incident) -> KnowledgeDocument? {
        guard let explanation = incident.explanation else { return nil }
        let correction = incident.correction
        guard incident.verdict == .useful || !correction.isEmpty else { return nil }
        var sections: [(String, String)] = [("Meaning", correction.isEmpty ? explanation.rootCause : correction)]
        if !incident.message.isEmpty { sections.append(("Message", incident.message)) }
        // What a wrong explanation has advised is not advised again.
        if incident.verdict == .useful {
            sections.append(("Impact", explanation.impact))
            sections.append(("Mitigation", explanation.actions.map { "- \($0)" }.joined(separator: "\n")))
            sections.append(("Prevention", explanation.prevention.map { "- \($0)" }.joined(separator: "\n")))
        }
        let text = sections.filter { !$0.1.isEmpty }.map { "## \($0.0)\n\n\($0.1)" }.joined(separator: "\n\n")
        return KnowledgeDocument(
            id: "explanation-" + incident.id.text, title: "Incident: " + plain(explanation.title), text: text,
            service: incident.context.service.isEmpty ? nil : plain(incident.context.service),
            tenant: incident.context.tenant.isEmpty ? nil : plain(incident.context.tenant),
            time: incident.lastTime / 1_000_000_000, tags: ["incident"])
    }

    /// A text without control characters, of which a client's may have some.
    private static func plain(_ text: String) -> String {
        String(text.map { $0.utf8.contains { $0 < 0x20 } ? " " : $0 }.prefix(200))
    }
}
