/// How a model's anomalous rows are explained: the section `explanation`, and what explains.
///
/// - Isolation: immutable; any thread.
package final class ExplanationPlan: Sendable {
    /// When an answer may tell the identity of an explanation.
    package enum Durability: Equatable, Sendable {
        /// At once; the end of the process loses what was not explained yet.
        case memory
        /// When it is written through to the disk.
        case disk
    }

    /// The settings, without the model.
    package struct Settings: Equatable, Sendable {
        package var durability = Durability.memory
        /// How long after the last anomaly of a signature the next one belongs to the same incident.
        package var windowSeconds = 300

        /// The usual ones.
        package init() {}
    }

    package let settings: Settings
    /// The rules in words: `probabilities[1] > 0.85`.
    package let rule: String
    /// Nil for a model that cannot be explained; then values are compared with what is usual.
    package let explainer: RowExplainer?

    /// Describes how rows are explained.
    package init(_ settings: Settings, rule: String, explainer: RowExplainer?) {
        self.settings = settings
        self.rule = rule
        self.explainer = explainer
    }
}
