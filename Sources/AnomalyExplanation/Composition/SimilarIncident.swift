/// A past incident that resembles another.
package struct SimilarIncident: Equatable, Sendable {
    /// The identity of its explanation, as text.
    package var id: String
    package var title: String
    /// When it was last seen, nanoseconds since 1970.
    package var lastTime: Int64
    package var count: Int
    /// 0…1: how much of message and leading features is the same.
    package var likeness: Double
    /// What a person has said about its explanation; nil if nobody has.
    package var verdict: IncidentOpinion.Verdict?
    /// What a person has found to be true instead; empty for nothing.
    package var correction: String

    /// Describes an incident.
    package init(
        id: String, title: String, lastTime: Int64, count: Int, likeness: Double,
        verdict: IncidentOpinion.Verdict? = nil, correction: String = ""
    ) {
        self.id = id
        self.title = title
        self.lastTime = lastTime
        self.count = count
        self.likeness = likeness
        self.verdict = verdict
        self.correction = correction
    }
}
