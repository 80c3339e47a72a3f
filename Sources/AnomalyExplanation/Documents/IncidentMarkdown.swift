import OpenInferenceProtocol

/// An incident and its explanation as Markdown, for people: a page that can go into a ticket as it is.
package struct IncidentMarkdown {
    private let incident: Incident

    /// Describes an incident.
    package init(_ incident: Incident) {
        self.incident = incident
    }

    /// The page.
    package var text: String {
        var lines: [String] = ["# \(heading)", "", facts]
        switch incident.job.state {
        case .done: break
        case .failed: lines += ["", "No explanation: \(incident.job.reason)."]
        case .queued, .retrieving, .generating:
            lines += ["", "The explanation is being made (\(incident.job.state.rawValue))."]
        }
        guard let explanation = incident.explanation else {
            return (lines + evidence).joined(separator: "\n") + "\n"
        }
        lines += ["", "## Cause", "", explanation.rootCause]
        if !explanation.impact.isEmpty { lines += ["", "## Impact", "", explanation.impact] }
        let checks = explanation.actions.prefix(explanation.checkCount)
        let remedies = explanation.actions.dropFirst(explanation.checkCount)
        if !checks.isEmpty { lines += ["", "## What to look at", ""] + numbered(Array(checks)) }
        if !remedies.isEmpty { lines += ["", "## What to do", ""] + numbered(Array(remedies)) }
        if !explanation.prevention.isEmpty {
            lines += ["", "## So that it does not happen again", ""] + bulleted(explanation.prevention)
        }
        lines += evidence
        if !explanation.similar.isEmpty { lines += ["", "## Similar incidents", ""] + explanation.similar.map(line) }
        if !explanation.citations.isEmpty {
            lines += ["", "## Sources", ""]
            lines += explanation.citations.map { "\($0.number). \($0.title) (`\($0.id)`)" }
        }
        lines += ["", closing(explanation)]
        return lines.joined(separator: "\n") + "\n"
    }

    private var heading: String { incident.explanation?.title ?? "\(incident.model.name): anomaly" }

    /// One line: how often, since when, where.
    private var facts: String {
        let first = shown(incident.firstTime)
        var parts = [
            incident.count == 1
                ? "Once, at \(first)" : "\(incident.count) times, \(first) to \(shown(incident.lastTime))"
        ]
        if !incident.context.service.isEmpty { parts.append("service `\(incident.context.service)`") }
        if !incident.context.host.isEmpty { parts.append("host `\(incident.context.host)`") }
        if !incident.context.tenant.isEmpty { parts.append("tenant `\(incident.context.tenant)`") }
        parts.append("signature `\(incident.signature.text)`")
        return parts.joined(separator: " · ")
    }

    /// A moment to the second.
    private func shown(_ time: Int64) -> String {
        let text = CivilTime(nanosecondsSince1970: time).rfc3339
        return text.prefix(19).replacing("T") + " UTC"
    }

    private var evidence: [String] {
        guard !incident.evidence.features.isEmpty else { return [] }
        let hasContributions = incident.evidence.method == .contributions
        var lines = ["", "## What the model saw", ""]
        lines.append("| feature | value | usual (5–95 %) |" + (hasContributions ? " part |" : ""))
        lines.append("|---|---|---|" + (hasContributions ? "---|" : ""))
        for feature in incident.evidence.features {
            let value = FigureText.value(feature.value, of: feature.name)
            let usual = feature.place.map {
                "\(FigureText.value($0.low, of: feature.name)) – \(FigureText.value($0.high, of: feature.name))"
            }
            let part = (feature.contribution ?? 0) < 0 ? "against" : FigureText.percent(feature.share)
            lines.append(
                "| `\(feature.name)` | \(value) | \(usual ?? "unknown") |" + (hasContributions ? " \(part) |" : ""))
        }
        return lines
    }

    private func numbered(_ steps: [String]) -> [String] {
        steps.enumerated().map { "\($0 + 1). \(indented($1))" }
    }

    private func bulleted(_ steps: [String]) -> [String] { steps.map { "- \(indented($0))" } }

    /// Lines behind the first belong to the same item.
    private func indented(_ step: String) -> String {
        step.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n   ")
    }

    private func line(_ similar: SimilarIncident) -> String {
        var text = "- \(similar.title) (`\(similar.id)`), \(similar.count == 1 ? "once" : "\(similar.count) times"), "
        text += "last at \(shown(similar.lastTime))"
        if let verdict = similar.verdict { text += "; its explanation was \(verdict.rawValue)" }
        if !similar.correction.isEmpty { text += "; found to be: \(similar.correction)" }
        return text
    }

    private func closing(_ explanation: Explanation) -> String {
        let author =
            explanation.generator == .extractive
            ? "Composed from the model's own reasons and the cited documents, without a language model"
            : "Written by a language model from the cited documents"
        let search = explanation.isKeywordOnly ? ", which were searched by words alone" : ""
        return "*\(author)\(search). Confidence \(FigureText.percent(explanation.confidence)), a rule of thumb.*"
    }
}

extension Substring {
    /// With blanks in place of a letter.
    fileprivate func replacing(_ letter: Character) -> String { String(map { $0 == letter ? " " : $0 }) }
}
