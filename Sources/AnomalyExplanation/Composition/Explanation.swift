/// What an engineer is told about an incident.
package struct Explanation: Equatable, Sendable {
    /// Who has written it.
    package enum Generator: String, Sendable {
        /// Composed of the model's own reasons and of documents; no language model has seen it.
        case extractive
        case openai
    }

    /// How long the steps have taken, in nanoseconds.
    package struct Timings: Equatable, Sendable {
        package var evidence: Int64 = 0
        package var retrieval: Int64 = 0
        package var generation: Int64 = 0

        /// No time.
        package init() {}
    }

    package var title: String
    package var rootCause: String
    /// Empty if nobody knows.
    package var impact = ""
    /// What to look at and what to do, in order.
    package var actions: [String] = []
    /// How many of the first actions only look.
    package var checkCount = 0
    package var prevention: [String] = []
    /// 0…1: how much of the evidence fits together; a rule of thumb, not a probability.
    package var confidence = 0.0
    package var citations: [Citation] = []
    package var similar: [SimilarIncident] = []
    package var generator = Generator.extractive
    /// Whether documents were searched by words alone, because there are no vectors.
    package var isKeywordOnly = true
    package var timings = Timings()

    /// Begins an explanation.
    package init(title: String, rootCause: String) {
        self.title = title
        self.rootCause = rootCause
    }
}
