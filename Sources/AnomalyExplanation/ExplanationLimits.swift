/// Limits on anomalies and their explanations, each with its reason.
package enum ExplanationLimits {
    /// Incidents that are remembered; the oldest finished ones give way.
    package static let incidents = 10_000
    /// Anomalous rows whose identities lead to their incident: 40 bytes each.
    package static let identities = 200_000
    /// Explanations that wait to be made: a storm of more kinds than that is no longer read by anybody.
    package static let waitingJobs = 1_000
    /// How long an incident may last before the next anomaly opens a new one, in windows.
    package static let windowsPerIncident = 12

    /// Attempts to make one explanation.
    package static let attempts = 3
    /// Time for all attempts together, in seconds.
    package static let jobSeconds = 120

    /// Features that an explanation shows.
    package static let shownFeatures = 8
    /// Features that a signature is made of: with a message, which says most, and without.
    package static let signatureFeaturesWithMessage = 1
    package static let signatureFeatures = 3
    /// Documents that an explanation is made from.
    package static let documents = 3
    /// Past incidents that an explanation names.
    package static let similarIncidents = 3
    /// What is advised in one explanation; more is not read at night.
    package static let actions = 10
    package static let preventions = 5
    /// Bytes of one advice, and of a paragraph.
    package static let stepByteCount = 700
    package static let paragraphByteCount = 900

    /// Bytes of a correction that a person writes.
    package static let correctionByteCount = 8 << 10
    /// Opinions that are kept of one incident; the oldest give way.
    package static let opinions = 20
    /// Incidents in one page of the list.
    package static let pageSize = 1...1_000
    package static let usualPageSize = 100
}
