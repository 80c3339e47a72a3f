package import KnowledgeRetrieval

/// Writes explanations without a language model: the model's own reasons, what the best runbook says, and what became
/// of similar incidents.
///
/// Nothing in them is invented: every sentence states a number of the row, or stands in a document that is cited.
///
/// - Isolation: a value; any thread.
/// - Complexity: linear in the documents' texts; tens of microseconds.
package struct ExtractiveComposer: Sendable {
    /// A composer.
    package init() {}

    /// What documents are searched with for an incident.
    package func query(for incident: Incident) -> RetrievalQuery {
        let leading = incident.evidence.leading(ExplanationLimits.signatureFeatures)
        let symptoms = leading.map { FigureText.words(of: $0.name) + " " + Self.direction(of: $0) }
        let message = incident.message.isEmpty ? symptoms.joined(separator: ", ") : incident.message
        let names = symptoms + [incident.model.name, incident.context.service].filter { !$0.isEmpty }
        return RetrievalQuery(
            message: message, names: incident.message.isEmpty ? Array(names.dropFirst(symptoms.count)) : names,
            service: incident.context.service.isEmpty ? nil : incident.context.service,
            tenant: incident.context.tenant.isEmpty ? nil : incident.context.tenant,
            limit: ExplanationLimits.documents)
    }

    /// Composes the explanation of an incident.
    ///
    /// - Parameter similar: past incidents, the most similar one first.
    package func compose(
        _ incident: Incident, _ answer: RetrievalAnswer, similar: [SimilarIncident]
    ) -> Explanation {
        let documents = answer.documents.filter { Self.fits($0) }
        let best = documents.first
        var explanation = Explanation(
            title: title(of: incident, best), rootCause: rootCause(of: incident, best, similar))
        if let best {
            explanation.impact = cited(AdviceText.paragraph(best.section("Impact") ?? ""), 1)
            let checks = checks(of: best)
            explanation.checkCount = checks.count
            explanation.actions = checks + remedies(of: best)
            explanation.prevention = AdviceText.orders(
                of: best.section("Prevention") ?? "", limit: ExplanationLimits.preventions
            ).map { cited($0, 1) }
        }
        explanation.citations = documents.enumerated().map { index, document in
            Citation(number: index + 1, id: document.id, title: document.title, score: document.score)
        }
        if documents.count > 1 {
            let others = documents.dropFirst().enumerated().map { "“\($1.title)” [\($0 + 2)]" }
            explanation.actions.append("If that does not fit, see \(others.joined(separator: " and ")).")
        }
        explanation.similar = similar
        explanation.isKeywordOnly = answer.isKeywordOnly
        explanation.confidence = confidence(in: incident, best, similar)
        return explanation
    }

    // MARK: Parts

    /// Whether a document has to do with the matter at all, rather than being merely the nearest one there is.
    private static func fits(_ document: RetrievedDocument) -> Bool {
        document.why.terms.count >= 2 || (document.why.similarity ?? 0) >= 0.35
    }

    private func title(of incident: Incident, _ best: RetrievedDocument?) -> String {
        let place = incident.context.service.isEmpty ? incident.model.name : incident.context.service
        let leading = incident.evidence.leading(2).map { "\(FigureText.words(of: $0.name)) \(Self.direction(of: $0))" }
        let symptom = leading.joined(separator: ", ")
        if let best { return symptom.isEmpty ? "\(place): \(best.title)" : "\(place): \(best.title) (\(symptom))" }
        return "\(place): \(symptom.isEmpty ? "unusual row" : symptom)"
    }

    private func rootCause(
        of incident: Incident, _ best: RetrievedDocument?, _ similar: [SimilarIncident]
    ) -> String {
        var parts = [EvidenceText.paragraph(for: incident)]
        if !incident.message.isEmpty {
            let message = AdviceText.shortened(incident.message, byteLimit: 300)
            parts.append("The log says: “\(message)”")
        }
        if let best {
            let meaning = AdviceText.paragraph(best.section("Meaning") ?? best.excerpt)
            parts.append("The runbook that fits best, “\(best.title)”: \(cited(meaning, 1))")
        } else {
            parts.append("No document of the knowledge base fits; what follows is the model's own reason alone.")
        }
        if let known = similar.first(where: { !$0.correction.isEmpty }) {
            let correction = AdviceText.shortened(known.correction, byteLimit: ExplanationLimits.stepByteCount)
            parts.append("Somebody has found of a similar incident (\(known.id)): \(correction)")
        }
        return parts.joined(separator: "\n\n")
    }

    private func checks(of document: RetrievedDocument) -> [String] {
        AdviceText.steps(of: document.section("Diagnosis") ?? "", limit: ExplanationLimits.actions / 2)
            .map { cited($0, 1) }
    }

    private func remedies(of document: RetrievedDocument) -> [String] {
        let steps = AdviceText.orders(of: document.section("Mitigation") ?? "", limit: ExplanationLimits.actions / 2)
        // A document without these headings is shown by the part that fits best.
        let hasHeadings = document.section("Meaning") != nil || document.section("Diagnosis") != nil
        return steps.isEmpty && !hasHeadings ? [cited(document.excerpt, 1)] : steps.map { cited($0, 1) }
    }

    private func cited(_ text: String, _ number: Int) -> String {
        if text.isEmpty { return "" }
        return text.hasSuffix("```") ? text + "\n[\(number)]" : text + " [\(number)]"
    }

    static func direction(of feature: FeatureEvidence) -> String {
        guard feature.value != nil else { return "missing" }
        guard let place = feature.place else { return "unusual" }
        if place.outside == .above || place.share >= 0.75 { return "high" }
        if place.outside == .below || place.share <= 0.25 { return "low" }
        return "ordinary"
    }

    /// A quarter each for reasons that are few, for values that are unusual, for a document that fits, and for people
    /// who have agreed before.
    private func confidence(
        in incident: Incident, _ best: RetrievedDocument?, _ similar: [SimilarIncident]
    ) -> Double {
        let leading = incident.evidence.leading(ExplanationLimits.signatureFeatures)
        let concentration = min(1, leading.reduce(0) { $0 + $1.share } / 0.6)
        let rare = leading.contains { $0.place?.isUnusual == true } ? 1.0 : 0
        var fit = 0.0
        if let best {
            fit = max(min(1, Double(best.why.terms.count) / 5), min(1, Double(best.why.similarity ?? 0) / 0.6))
        }
        let agreed = similar.contains { $0.verdict == .useful } ? 1.0 : similar.isEmpty ? 0 : 0.4
        let sum = 0.25 * (concentration + rare + fit + agreed)
        return (100 * sum).rounded() / 100
    }
}
