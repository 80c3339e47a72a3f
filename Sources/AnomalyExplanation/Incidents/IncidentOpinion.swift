/// What a person says about an explanation.
package struct IncidentOpinion: Equatable, Sendable {
    /// How good it was.
    package enum Verdict: String, Sendable {
        case useful, wrong
    }

    package var verdict: Verdict
    /// What was true instead; empty for nothing.
    package var correction: String
    /// Nanoseconds since 1970.
    package var time: Int64

    /// Notes an opinion.
    package init(verdict: Verdict, correction: String = "", time: Int64) {
        self.verdict = verdict
        self.correction = correction
        self.time = time
    }
}
