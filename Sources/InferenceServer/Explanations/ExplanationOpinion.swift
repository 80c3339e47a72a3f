import AnomalyExplanation
import JSONSyntax
import OpenInferenceProtocol

/// Reads what a person says about an explanation: `{"verdict": "useful", "correction": "…"}`.
enum ExplanationOpinion {
    /// Reads a body.
    ///
    /// - Parameter time: nanoseconds since 1970.
    static func read(_ body: Span<UInt8>, time: Int64) throws(ProtocolError) -> IncidentOpinion {
        guard let document = JSONValue(body), document["verdict"] != nil || document["correction"] != nil else {
            throw ProtocolError(.invalidArgument, "an opinion is an object with 'verdict', 'correction' or both")
        }
        let correction = document["correction"]?.text ?? ""
        if document["correction"] != nil, document["correction"]?.text == nil {
            throw ProtocolError(.invalidArgument, "'correction' is a text")
        }
        guard correction.utf8.count <= ExplanationLimits.correctionByteCount else {
            throw ProtocolError(
                .invalidArgument,
                "'correction' is \(correction.utf8.count) bytes long, at most \(ExplanationLimits.correctionByteCount) "
                    + "are accepted")
        }
        let text = document["verdict"]?.text ?? "wrong"
        guard let verdict = IncidentOpinion.Verdict(rawValue: text) else {
            throw ProtocolError(.invalidArgument, "'verdict' is useful or wrong")
        }
        return IncidentOpinion(verdict: verdict, correction: SecretRedaction.redacted(correction), time: time)
    }
}
