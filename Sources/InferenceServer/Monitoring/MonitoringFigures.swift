import ModelMonitoring
import OpenInferenceProtocol

/// What the metrics page says about predictions and their labels, as it was a second ago.
struct MonitoringFigures: Sendable {
    /// One model.
    struct Model: Sendable {
        var name: String
        /// Over the latest labels, an hour and a day.
        var latest: AccuracySums
        var hour: AccuracySums
        var day: AccuracySums
        /// Of the latest rows; nil without any.
        var anomalyRate: Double?
        var outcome: FeedbackOutcome
        var keptRowCount: UInt64
        var droppedRowCount: UInt64
    }

    var models: [Model] = []
}
