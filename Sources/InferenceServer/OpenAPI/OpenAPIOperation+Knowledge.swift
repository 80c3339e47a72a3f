import HTTPConnections

extension OpenAPIOperation {
    /// What is known about causes and remedies.
    static func knowledgeOperations(of subject: EndpointSubject) -> [OpenAPIOperation] {
        switch subject {
        case .knowledge: listOperations
        case .knowledgeSearch: [search]
        default: documentOperations
        }
    }

    private static let busy = Answer.error(.serviceUnavailable, "Too many calls wait, or nothing can be kept now.")
    private static let forbidden = Answer.error(.forbidden, "The caller may not.")
    private static let unknown = Answer.error(.notFound, "There is no such document.")

    private static var listOperations: [OpenAPIOperation] {
        [
            OpenAPIOperation(
                path: "/v2/knowledge", method: .get, id: "knowledgeList", group: .knowledge,
                summary: "The documents, without their texts, by id",
                description: "Query parameters: `after`, the `next` of the page before; `limit`, 1 to 1,000 (100).",
                answers: [Answer(.ok, "A page of the list.", .json("KnowledgeList")), busy]),
            OpenAPIOperation(
                path: "/v2/knowledge", method: .post, id: "knowledgeImport", group: .knowledge,
                summary: "Take documents, each in place of one of the same id",
                description: """
                    One document, a list, or `{"documents": […]}`; or one on each line with the content type \
                    `application/x-ndjson`. Either all are taken or none. What is known as it is stays as it is.
                    """,
                request: Request(
                    content: .json("KnowledgeDocument"), isRequired: true,
                    example: ##"{"id": "disk-full", "title": "Disk full", "text": "# Disk full", "tags": ["disk"]}"##),
                answers: [Answer(.ok, "What became of them.", .json("KnowledgeOutcome")), forbidden, busy],
                isAdministrative: true),
        ]
    }

    private static var search: OpenAPIOperation {
        OpenAPIOperation(
            path: "/v2/knowledge/search", method: .get, id: "knowledgeSearch", group: .knowledge,
            summary: "What would be found, and why",
            description: """
                Query parameters: `q`, a message or a log record as it stands; `service`, `tenant`, `tag` and `name`, \
                of which the last two may be repeated; `limit`, 1 to 100 (5); `fusion`, `relative_score` or \
                `reciprocal_rank`.
                """, answers: [Answer(.ok, "The documents, best first.", .json("KnowledgeAnswer")), busy])
    }

    private static var documentOperations: [OpenAPIOperation] {
        [
            OpenAPIOperation(
                path: "/v2/knowledge/{document}", method: .get, id: "knowledgeDocument", group: .knowledge,
                summary: "A document as it was brought",
                answers: [Answer(.ok, "The document.", .json("KnowledgeDocument")), unknown, busy]),
            OpenAPIOperation(
                path: "/v2/knowledge/{document}", method: .delete, id: "knowledgeRemoval", group: .knowledge,
                summary: "Forget a document",
                answers: [Answer(.ok, "It is gone.", .json("KnowledgeRemoval")), forbidden, unknown, busy],
                isAdministrative: true),
        ]
    }
}
