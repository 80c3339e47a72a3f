package import OpenInferenceProtocol

/// Anomalies of one signature that came soon after each other, and their explanation.
package struct Incident: Equatable, Sendable {
    /// The model's version that has called the rows anomalous, and why.
    package struct Model: Equatable, Sendable {
        package var name: String
        package var version: String
        /// The rules in words: `probabilities[1] > 0.85`.
        package var rule: String

        /// Names a model.
        package init(name: String, version: String, rule: String) {
            self.name = name
            self.version = version
            self.rule = rule
        }
    }

    /// That of the first anomaly.
    package let id: ExplanationIdentity
    package let signature: AnomalySignature
    package let model: Model
    package let split: String
    /// Of the first anomaly, without secrets.
    package let context: AnomalyContext
    /// What the log record says, without what the logging system has put around it; empty for no record.
    package let message: String
    /// The same with words in place of what differs each time.
    package let maskedMessage: String
    /// Of the first anomaly.
    package let evidence: RowEvidence
    /// The names of the features that stand for it.
    package let leadingNames: [String]
    package let firstTime: Int64
    package internal(set) var lastTime: Int64
    package internal(set) var count = 1
    /// The greatest of all rows.
    package internal(set) var value: Double
    package internal(set) var job: ExplanationJob
    package internal(set) var explanation: Explanation?
    package internal(set) var opinions: [IncidentOpinion] = []
    /// Counts what clients may have missed: every explanation that has ended has a number of its own; 0 before.
    package internal(set) var event: UInt64 = 0

    /// Opens an incident.
    package init(
        _ anomaly: Anomaly, signature: AnomalySignature, model: Model, context: AnomalyContext, message: String = "",
        maskedMessage: String = "", evidence: RowEvidence, job: ExplanationJob
    ) {
        id = anomaly.identity
        self.signature = signature
        self.model = model
        split = anomaly.split
        self.context = context
        self.message = message
        self.maskedMessage = maskedMessage
        self.evidence = evidence
        leadingNames = evidence.leading(ExplanationLimits.signatureFeatures).map(\.name)
        firstTime = anomaly.time
        lastTime = anomaly.time
        value = anomaly.value
        self.job = job
    }

    /// The latest opinion of a person; nil if there is none.
    package var verdict: IncidentOpinion.Verdict? { opinions.last?.verdict }

    /// The latest correction; empty if there is none.
    package var correction: String { opinions.last { !$0.correction.isEmpty }?.correction ?? "" }
}
