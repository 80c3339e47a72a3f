import HTTPConnections

extension OpenAPIOperation {
    /// Feedback, experiments and rollouts.
    static func experimentOperations(of subject: EndpointSubject) -> [OpenAPIOperation] {
        let forbidden = Answer.error(.forbidden, "The caller may not.")
        let unknownSplit = Answer.error(.notFound, "There is no such split.")
        let busy = Answer.error(.serviceUnavailable, "Too many calls wait.")
        switch subject {
        case .feedback:
            return [
                OpenAPIOperation(
                    path: "/v2/models/{model}/feedback", method: .post, id: "feedback", group: .experiments,
                    summary: "Labels for rows that were predicted",
                    description: "The model or split keeps its predictions: section `monitoring` of `rowan.pbtxt`.",
                    request: Request(
                        content: .json("Feedback"), isRequired: true,
                        example: #"{"feedback": [{"prediction_id": "0f3a1c02-1a2b", "row": 0, "label": 1}]}"#),
                    answers: [
                        Answer(.ok, "What has become of them.", .json("FeedbackOutcome")), forbidden,
                        .error(.notFound, "No predictions of such a model are kept."), busy,
                    ], isAdministrative: true)
            ]
        case .experimentList:
            return [
                OpenAPIOperation(
                    path: "/v2/experiments", method: .get, id: "experimentList", group: .experiments,
                    summary: "The splits and their rollouts",
                    answers: [Answer(.ok, "The list.", .json("ExperimentList")), busy])
            ]
        case .experiment:
            return [
                OpenAPIOperation(
                    path: "/v2/experiments/{split}", method: .get, id: "experiment", group: .experiments,
                    summary: "What the variants of a split have done, and whether they differ",
                    answers: [Answer(.ok, "The experiment.", .json("Experiment")), unknownSplit, busy])
            ]
        default:
            return [
                OpenAPIOperation(
                    path: "/v2/experiments/{split}/rollout", method: .post, id: "rollout", group: .experiments,
                    summary: "Pause, resume, promote or abort a split's rollout",
                    request: Request(
                        content: .json("RolloutCommand"), isRequired: true, example: #"{"action": "pause"}"#),
                    answers: [
                        Answer(.ok, "Done: the experiment now.", .json("Experiment")), forbidden, unknownSplit, busy,
                    ], isAdministrative: true)
            ]
        }
    }
}
