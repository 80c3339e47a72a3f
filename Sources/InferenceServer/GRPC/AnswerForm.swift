/// The form in which a request for inference has come and its answer goes.
struct AnswerForm: Equatable, Sendable {
    /// The forms that there are.
    enum Kind: Equatable, Sendable {
        /// JSON, with binary tensors behind it.
        case document
        /// The only message of a call.
        case call
        /// One of many messages of a call.
        case streamed
        /// OpenAI's list of vectors.
        case embeddings
    }

    var kind = Kind.document
    /// Whether a stream ends with the status of the first failure instead of telling of it.
    var endsStreamOnFailure = false
    /// Whether the answer says that it is the last one to its request.
    var tellsFinal = false

    /// Whether vectors of OpenAI's form are base64.
    var isBase64 = false

    var isMessage: Bool { kind == .call || kind == .streamed }
}
