/// What somebody wants documents about.
package struct RetrievalQuery: Equatable, Sendable {
    /// How the order by words and the order by vectors become one.
    package enum Fusion: String, CaseIterable, Sendable {
        /// Scores of each half between its worst and its best, half and half.
        case relativeScore = "relative_score"
        /// Sums of 1 / (60 + rank), ranks counted from 1.
        case reciprocalRank = "reciprocal_rank"
    }

    /// What happened, in the words of the system: the message of a log record, not the record.
    package var message: String
    /// Names that stand for the matter and count as words: of the rule, the model, the service, the leading features.
    package var names: [String]
    /// Documents of other services are left out; those that name none are not.
    package var service: String?
    /// Documents of other tenants are left out; without one only documents that name no tenant are found.
    package var tenant: String?
    /// A document that has tags other than these is found if it has one of them; empty asks for nothing.
    package var tags: [String]
    /// Documents whose time lies outside are left out, those without a time are not; seconds since 1970.
    package var times: Range<Int64>?
    /// Most documents wanted.
    package var limit: Int
    package var fusion: Fusion

    /// Describes a wish.
    ///
    /// - Precondition: the limit is positive.
    package init(
        message: String, names: [String] = [], service: String? = nil, tenant: String? = nil, tags: [String] = [],
        times: Range<Int64>? = nil, limit: Int = 5, fusion: Fusion = .relativeScore
    ) {
        precondition(limit > 0, "somebody who asks wants something")
        self.message = message
        self.names = names
        self.service = service
        self.tenant = tenant
        self.tags = tags
        self.times = times
        self.limit = limit
        self.fusion = fusion
    }
}
