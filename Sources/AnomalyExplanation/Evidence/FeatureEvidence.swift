/// What one feature of an anomalous row has to do with it.
package struct FeatureEvidence: Equatable, Sendable {
    package var name: String
    /// Nil for a missing value.
    package var value: Double?
    /// What it adds to the margin that the rule is about, upward being towards the anomaly; nil where the model cannot
    /// be explained.
    ///
    /// - Units: those of the margin.
    package var contribution: Double?
    /// Its part of everything that raises the margin, 0…1; 0 for one that lowers it.
    package var share: Double
    /// Nil where nobody has said what is usual.
    package var place: ReferencePlace?

    /// Describes a feature's part.
    package init(
        name: String, value: Double?, contribution: Double? = nil, share: Double = 0, place: ReferencePlace? = nil
    ) {
        self.name = name
        self.value = value
        self.contribution = contribution
        self.share = share
        self.place = place
    }
}
