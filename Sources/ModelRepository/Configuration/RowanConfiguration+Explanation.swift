/// The section `explanation`.
extension RowanConfiguration {
    /// Reads how anomalous rows are explained.
    static func explanation(of message: MessageValue) throws(TextFormatFault) -> Explanation? {
        guard let section = message.message("explanation") else { return nil }
        var settings = ExplanationPlan.Settings()
        settings.durability = section.enumeration("durability") == 1 ? .disk : .memory
        if section.has("window_seconds") {
            let range = ModelRepositoryLimits.explanationWindowSeconds
            let seconds = Int(clamping: section.unsigned("window_seconds"))
            guard range.contains(seconds) else {
                throw fault(
                    "window_seconds", "window_seconds is not within \(range.lowerBound) to \(range.upperBound)", section
                )
            }
            settings.windowSeconds = seconds
        }
        return Explanation(settings: settings, position: section.position)
    }
}
