package import OpenInferenceProtocol

/// One row that a rule calls anomalous, as it was handed over.
package struct Anomaly: Equatable, Sendable {
    /// What the answer calls it.
    package var identity: ExplanationIdentity
    /// Nanoseconds since 1970.
    package var time: Int64
    /// The greatest value of those that the rules look at.
    package var value: Double
    /// The features, in the order of the model's columns; a missing one is NaN.
    package var row: [Double]
    /// The split that was asked; empty for none.
    package var split: String
    package var context: AnomalyContext

    /// Describes a row.
    package init(
        identity: ExplanationIdentity, time: Int64, value: Double, row: [Double], split: String = "",
        context: AnomalyContext = AnomalyContext()
    ) {
        self.identity = identity
        self.time = time
        self.value = value
        self.row = row
        self.split = split
        self.context = context
    }
}
