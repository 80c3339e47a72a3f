import ModelMonitoring

/// How an experiment's figures were at earlier times, for a plot.
///
/// It keeps at most as many points as a plot can show: when it is full, every other one goes, and the next ones come
/// half as often.
struct ExperimentHistory {
    /// The figures at one time.
    struct Point {
        let time: Int64
        /// Of each variant; nil without rows.
        let anomalyRates: [Double?]
        let accuracies: [Double?]
    }

    private(set) var points: [Point] = []
    private var intervalSeconds: Int64 = 1

    /// Notes the figures, if it is time.
    mutating func note(_ monitor: SplitMonitor, now: Int64) {
        if let last = points.last, now - last.time < intervalSeconds { return }
        let point = Point(
            time: now,
            anomalyRates: monitor.variants.map {
                $0.rowCount > 0 ? Double($0.firingRowCount) / Double($0.rowCount) : nil
            },
            accuracies: monitor.variants.map { $0.accuracy.confusion.accuracy })
        guard point.anomalyRates.contains(where: { $0 != nil }) else { return }
        points.append(point)
        guard points.count > MonitoringLimits.historyPoints else { return }
        points = points.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
        intervalSeconds *= 2
    }
}
