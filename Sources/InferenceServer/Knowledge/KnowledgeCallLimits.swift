/// Limits on calls about what is known.
enum KnowledgeCallLimits {
    /// Calls of one loop that wait for the knowledge thread; each holds its body.
    static let waitingCalls = 64
    /// Bytes of a body of documents: some ten thousand runbooks.
    static let bodyByteCount = 64 << 20
    /// Ids that an answer lists.
    static let listedIds = 100
    /// Documents of one page of the list.
    static let pageSize = 1...1_000
}
