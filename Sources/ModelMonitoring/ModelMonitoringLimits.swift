/// Limits on what is remembered about models and experiments.
package enum ModelMonitoringLimits {
    /// Classes of a confusion matrix: a label may be any number, and nobody reads a larger matrix.
    ///
    /// Its cells take up to 0.8 MB; those of a day's minutes are no more than the labels that came in it.
    package static let confusionClasses = 128
    /// Sticky keys that an experiment follows for each variant: 12.6 MB at most, and as much again once labels come,
    /// because anomalies and hits are followed each on their own.
    package static let keysPerVariant = 250_000
    /// Predictions of a model that are kept until labels come: 64 bytes each.
    package static let keptPredictions = 1_000...100_000_000
    /// Outcomes in a window that counts predictions: 24 bytes each.
    package static let windowPredictions = 1...1_000_000
    /// Rules that say which rows of a model are anomalous: each is a comparison per row.
    package static let anomalyRules = 16
    /// Rows that a z-score remembers.
    package static let zScoreRows = 2...1_000_000_000
    /// Steps of a rollout.
    package static let rolloutSteps = 20
    /// What a rollout remembers of its past.
    package static let rolloutChanges = 50
    /// Bytes of a rollout's state as JSON.
    package static let rolloutByteCount = 64 << 10
}
