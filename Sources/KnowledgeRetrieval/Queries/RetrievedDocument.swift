/// A document that was found, and why.
package struct RetrievedDocument: Equatable, Sendable {
    /// What put it where it is.
    package struct Reason: Equatable, Sendable {
        /// Place among documents by words, counted from 1; nil if no word of the query stands in it.
        package var keywordRank: Int?
        /// BM25 of its best chunk.
        package var keywordScore: Float?
        /// Place by vectors, counted from 1; nil if it was not near, or if there are no vectors.
        package var vectorRank: Int?
        /// Cosine of its best chunk and the query.
        package var similarity: Float?
        /// The words of the query that stand in its best chunk, as they are looked up.
        package var terms: [String]

        /// Describes a reason.
        package init(
            keywordRank: Int? = nil, keywordScore: Float? = nil, vectorRank: Int? = nil, similarity: Float? = nil,
            terms: [String] = []
        ) {
            self.keywordRank = keywordRank
            self.keywordScore = keywordScore
            self.vectorRank = vectorRank
            self.similarity = similarity
            self.terms = terms
        }
    }

    package var id: String
    package var title: String
    package var service: String?
    /// Seconds since 1970.
    package var time: Int64?
    package var tags: [String]
    /// Its text under its headings, in order.
    package var sections: [DocumentSection]
    /// The part of the text that fits the query best.
    package var excerpt: String
    /// Comparable within one answer only.
    package var score: Double
    package var why: Reason

    /// Describes a document that was found.
    package init(
        id: String, title: String, service: String? = nil, time: Int64? = nil, tags: [String] = [],
        sections: [DocumentSection], excerpt: String, score: Double, why: Reason = Reason()
    ) {
        self.id = id
        self.title = title
        self.service = service
        self.time = time
        self.tags = tags
        self.sections = sections
        self.excerpt = excerpt
        self.score = score
        self.why = why
    }

    /// The text under a heading, whatever its case; nil if there is none.
    package func section(_ heading: String) -> String? {
        let wanted = heading.lowercased()
        return sections.first { $0.heading.lowercased() == wanted }?.text
    }
}
