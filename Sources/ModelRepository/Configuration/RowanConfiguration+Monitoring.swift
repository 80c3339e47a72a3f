import ModelMonitoring

/// The section `monitoring`.
extension RowanConfiguration {
    /// Reads what is kept of a model's predictions.
    static func monitoring(of message: MessageValue) throws(TextFormatFault) -> Monitoring? {
        guard let section = message.message("monitoring") else { return nil }
        var settings = MonitoringPlan.Settings()
        settings.keepPredictions = try count(
            "keep_predictions", within: ModelMonitoringLimits.keptPredictions, settings.keepPredictions, section)
        settings.windowPredictions = try count(
            "window_predictions", within: ModelMonitoringLimits.windowPredictions, settings.windowPredictions, section)
        return Monitoring(settings: settings, position: section.position)
    }

    private static func count(
        _ field: String, within range: ClosedRange<Int>, _ usual: Int, _ message: MessageValue
    ) throws(TextFormatFault) -> Int {
        guard message.has(field) else { return usual }
        let value = message.unsigned(field)
        guard range.contains(Int(clamping: value)) else {
            throw fault(field, "\(field) is not within \(range.lowerBound) to \(range.upperBound)", message)
        }
        return Int(value)
    }
}
