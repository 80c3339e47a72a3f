import ModelMonitoring

/// Lines about models whose rows drift.
extension EventLog {
    /// Says what has crossed a threshold.
    func drifted(_ key: MetricsRegistry.Key, _ crossings: [DriftAlarm.Crossing]) {
        for crossing in crossings.prefix(EventLimits.listedCrossings) {
            write(
                .warning, "rows of a model have drifted", .init("model", key.model), .init("version", key.version),
                .init("subject", crossing.subject.description), .init("level", "\(crossing.level)"),
                .init("value", crossing.value), .init("threshold", crossing.threshold))
        }
    }
}
