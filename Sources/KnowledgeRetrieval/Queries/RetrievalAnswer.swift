/// What was found.
package struct RetrievalAnswer: Equatable, Sendable {
    /// The best one first.
    package var documents: [RetrievedDocument]
    /// Whether only words were looked at, because there are no vectors.
    package var isKeywordOnly: Bool

    /// Describes an answer.
    package init(documents: [RetrievedDocument], isKeywordOnly: Bool) {
        self.documents = documents
        self.isKeywordOnly = isKeywordOnly
    }
}
