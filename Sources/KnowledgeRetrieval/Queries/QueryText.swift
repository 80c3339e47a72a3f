/// What of a query goes into each half of a search.
struct QueryText {
    /// For the keyword half: without times, addresses, paths' roots and ids, which no runbook has.
    let words: [String]
    /// For the vector half: what happened as it was said, behind the names that stand for it.
    let meaning: String

    init(_ query: RetrievalQuery) {
        let limit = KnowledgeRetrievalLimits.queryByteCount
        let message = Letter.text(Letter.prefix(Array(query.message.utf8.prefix(limit + 1))[...], limit))
        let joined = Array(query.names.joined(separator: " ").utf8.prefix(limit + 1))
        let names = Letter.text(Letter.prefix(joined[...], limit))
        words = [MessageMask.searchable(message), names]
        meaning = names.isEmpty ? message : message.isEmpty ? names : "\(names): \(message)"
    }

    var isEmpty: Bool { meaning.isEmpty }
}
