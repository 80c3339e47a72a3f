import KnowledgeRetrieval

/// What other threads tell the thread that keeps knowledge.
enum KnowledgeOrder: Sendable {
    /// Read what is kept.
    case begin
    /// A client brings documents, or asks.
    case call(KnowledgeCall)
    /// Make vectors with another encoder from now on, or with none.
    case adopt((any SentenceEncoder)?)
    /// Take a document that the server itself has made.
    case put(KnowledgeDocument)
}
