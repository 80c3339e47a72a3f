package import LinuxSystem
package import OpenInferenceProtocol

/// An incident and its explanation as JSON.
package struct IncidentDocument {
    private let incident: Incident

    /// Describes an incident.
    package init(_ incident: Incident) {
        self.incident = incident
    }

    /// Appends an object.
    ///
    /// - Parameter asked: the identity that a client has asked for; nil where it is that of the incident.
    package func append(to buffer: inout ByteBuffer, asked: ExplanationIdentity? = nil) {
        text("{\"id\":", (asked ?? incident.id).text, &buffer)
        text(",\"incident\":", incident.id.text, &buffer)
        text(",\"state\":", incident.job.state.rawValue, &buffer)
        if !incident.job.reason.isEmpty { text(",\"reason\":", incident.job.reason, &buffer) }
        text(",\"signature\":", incident.signature.text, &buffer)
        buffer.append(",\"count\":\(incident.count)")
        text(",\"first_time\":", CivilTime(nanosecondsSince1970: incident.firstTime).rfc3339, &buffer)
        text(",\"last_time\":", CivilTime(nanosecondsSince1970: incident.lastTime).rfc3339, &buffer)
        appendModel(to: &buffer)
        appendContext(to: &buffer)
        if let explanation = incident.explanation { append(explanation, to: &buffer) }
        appendEvidence(to: &buffer)
        appendOpinions(to: &buffer)
        buffer.append("}")
    }

    private func appendModel(to buffer: inout ByteBuffer) {
        text(",\"model\":", incident.model.name, &buffer)
        text(",\"version\":", incident.model.version, &buffer)
        if !incident.split.isEmpty { text(",\"split\":", incident.split, &buffer) }
        text(",\"rule\":", incident.model.rule, &buffer)
        number(",\"value\":", incident.value, &buffer)
    }

    private func appendContext(to buffer: inout ByteBuffer) {
        let context = incident.context
        for (name, value) in [
            (",\"service\":" as StaticString, context.service), (",\"host\":", context.host),
            (",\"tenant\":", context.tenant), (",\"log\":", context.log), (",\"message\":", incident.message),
        ] where !value.isEmpty {
            text(name, value, &buffer)
        }
    }

    private func append(_ explanation: Explanation, to buffer: inout ByteBuffer) {
        text(",\"title\":", explanation.title, &buffer)
        text(",\"root_cause\":", explanation.rootCause, &buffer)
        text(",\"impact\":", explanation.impact, &buffer)
        texts(",\"actions\":[", explanation.actions, &buffer)
        texts(",\"prevention\":[", explanation.prevention, &buffer)
        number(",\"confidence\":", explanation.confidence, &buffer)
        list(",\"citations\":[", explanation.citations, &buffer) { citation, buffer in
            buffer.append("{\"number\":\(citation.number)")
            text(",\"id\":", citation.id, &buffer)
            text(",\"title\":", citation.title, &buffer)
            number(",\"score\":", citation.score, &buffer)
        }
        list(",\"similar\":[", explanation.similar, &buffer) { similar, buffer in
            text("{\"id\":", similar.id, &buffer)
            text(",\"title\":", similar.title, &buffer)
            text(",\"last_time\":", CivilTime(nanosecondsSince1970: similar.lastTime).rfc3339, &buffer)
            buffer.append(",\"count\":\(similar.count)")
            number(",\"likeness\":", similar.likeness, &buffer)
            if let verdict = similar.verdict { text(",\"verdict\":", verdict.rawValue, &buffer) }
            if !similar.correction.isEmpty { text(",\"correction\":", similar.correction, &buffer) }
        }
        text(",\"generator\":", explanation.generator.rawValue, &buffer)
        text(",\"retrieval\":", explanation.isKeywordOnly ? "keywords" : "hybrid", &buffer)
        let timings = explanation.timings
        number(",\"timings\":{\"evidence_seconds\":", Double(timings.evidence) / 1e9, &buffer)
        number(",\"retrieval_seconds\":", Double(timings.retrieval) / 1e9, &buffer)
        number(",\"generation_seconds\":", Double(timings.generation) / 1e9, &buffer)
        buffer.append("}")
    }

    private func appendEvidence(to buffer: inout ByteBuffer) {
        text(",\"evidence\":", incident.evidence.method.rawValue, &buffer)
        list(",\"shap\":[", incident.evidence.features, &buffer) { feature, buffer in
            text("{\"feature\":", feature.name, &buffer)
            number(",\"value\":", feature.value, &buffer)
            number(",\"contribution\":", feature.contribution, &buffer)
            number(",\"share\":", feature.share, &buffer)
            guard let place = feature.place else { return }
            number(",\"reference\":{\"share_below\":", place.share, &buffer)
            number(",\"p05\":", place.low, &buffer)
            number(",\"p50\":", place.median, &buffer)
            number(",\"p95\":", place.high, &buffer)
            if let side = place.outside { text(",\"outside\":", side.rawValue, &buffer) }
            buffer.append("}")
        }
    }

    private func appendOpinions(to buffer: inout ByteBuffer) {
        guard !incident.opinions.isEmpty else { return }
        list(",\"feedback\":[", incident.opinions, &buffer) { opinion, buffer in
            text("{\"verdict\":", opinion.verdict.rawValue, &buffer)
            if !opinion.correction.isEmpty { text(",\"correction\":", opinion.correction, &buffer) }
            text(",\"time\":", CivilTime(nanosecondsSince1970: opinion.time).rfc3339, &buffer)
        }
    }

    // MARK: Members

    private func text(_ name: StaticString, _ value: String, _ buffer: inout ByteBuffer) {
        buffer.append(name)
        buffer.appendJSONString(value)
    }

    private func number(_ name: StaticString, _ value: Double?, _ buffer: inout ByteBuffer) {
        buffer.append(name)
        guard let value, value.isFinite else { return buffer.append("null") }
        buffer.append(value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)")
    }

    private func texts(_ name: StaticString, _ values: [String], _ buffer: inout ByteBuffer) {
        buffer.append(name)
        for (index, value) in values.enumerated() {
            if index > 0 { buffer.append(",") }
            buffer.appendJSONString(value)
        }
        buffer.append("]")
    }

    /// Appends objects, whose content is written without the closing brace.
    private func list<Element>(
        _ name: StaticString, _ elements: [Element], _ buffer: inout ByteBuffer,
        _ write: (Element, inout ByteBuffer) -> Void
    ) {
        buffer.append(name)
        for (index, element) in elements.enumerated() {
            if index > 0 { buffer.append(",") }
            write(element, &buffer)
            buffer.append("}")
        }
        buffer.append("]")
    }
}
