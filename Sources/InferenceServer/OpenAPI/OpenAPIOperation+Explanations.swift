import HTTPConnections

extension OpenAPIOperation {
    /// Explanations of anomalous rows.
    static func explanationOperations(of subject: EndpointSubject) -> [OpenAPIOperation] {
        let unknown = Answer.error(.notFound, "There is no such explanation.")
        let busy = Answer.error(.serviceUnavailable, "Too many calls wait.")
        switch subject {
        case .explanationList:
            return [
                OpenAPIOperation(
                    path: "/v2/explanations", method: .get, id: "explanationList", group: .explanations,
                    summary: "Explanations, the newest first",
                    description: "The query may name `model`, `service`, `state`, `signature`, `since` (RFC 3339), "
                        + "`limit`, and as `cursor` the `next_cursor` of the page before.",
                    answers: [Answer(.ok, "A page.", .json("ExplanationList")), busy])
            ]
        case .explanationStream:
            return [
                OpenAPIOperation(
                    path: "/v2/explanations/stream", method: .get, id: "explanationStream", group: .explanations,
                    summary: "Explanations as they end, as server-sent events",
                    description: "Without `Last-Event-ID` those that end from now on. The answer waits for the first "
                        + "one (`wait=25s` at most) and ends behind what there is; readers of such streams come again "
                        + "by themselves.",
                    answers: [Answer(.ok, "Events.", .eventStream), busy])
            ]
        case .explanation:
            return [
                OpenAPIOperation(
                    path: "/v2/explanations/{id}", method: .get, id: "explanation", group: .explanations,
                    summary: "The explanation of an anomalous row",
                    description: "Any identity of `rowan_explanation_ids` answers the explanation of its incident. "
                        + "`?wait=10s` waits for its end; `Accept: text/markdown` asks for a page for people.",
                    answers: [Answer(.ok, "The explanation.", .jsonOrMarkdown("Explanation")), unknown, busy])
            ]
        default:
            return [
                OpenAPIOperation(
                    path: "/v2/explanations/{id}/feedback", method: .post, id: "explanationFeedback",
                    group: .explanations, summary: "Say whether an explanation was useful, or what was true instead",
                    request: Request(
                        content: .json("ExplanationOpinion"), isRequired: true,
                        example: #"{"verdict": "wrong", "correction": "The cache was cold after a deployment."}"#),
                    answers: [
                        Answer(.ok, "Noted: the explanation now.", .json("Explanation")),
                        .error(.forbidden, "The caller may not."), unknown, busy,
                    ], isAdministrative: true)
            ]
        }
    }
}
