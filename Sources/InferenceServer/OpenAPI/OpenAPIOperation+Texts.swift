import HTTPConnections

extension OpenAPIOperation {
    /// Vectors of texts.
    static let embeddingsOperation = OpenAPIOperation(
        path: "/v1/embeddings", method: .post, id: "embeddings", group: .texts,
        summary: "Vectors of texts, in OpenAI's form",
        description: "`model` is a text encoder of this server, such as `text_embedder`; clients of OpenAI's API use "
            + "`/v1` of this port as their base URL. Refusals are `{\"error\": {\"message\": \"…\"}}`, as there.",
        request: Request(
            content: .json("EmbeddingsRequest"), isRequired: true,
            example: #"{"model": "text_embedder", "input": ["connection refused", "disk full"]}"#),
        answers: [
            Answer(.ok, "A vector for each text.", .json("Embeddings")),
            Answer(.badRequest, "The request is malformed, or the model encodes no texts.", .json("EmbeddingsError")),
            Answer(.notFound, "There is no such model, or it is not ready.", .json("EmbeddingsError")),
            Answer(.contentTooLarge, "The body is too long.", .json("EmbeddingsError")),
            Answer(.unsupportedMediaType, "The body is compressed.", .json("EmbeddingsError")),
            Answer(.serviceUnavailable, "The model is not ready, or too many requests wait.", .json("EmbeddingsError")),
            Answer(.unauthorized, "An API key is needed.", .json("EmbeddingsError")),
            Answer(.forbidden, "The API key may not use the model.", .json("EmbeddingsError")),
            Answer(.tooManyRequests, "The API key has made as many requests as it may.", .json("EmbeddingsError")),
        ])
}
