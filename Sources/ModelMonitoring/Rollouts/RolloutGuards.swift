/// What must hold while a candidate's share grows; nil: not watched.
package struct RolloutGuards: Equatable, Sendable {
    /// Failed requests of all.
    package var maxErrorRate: Double?
    package var maxP95Seconds: Double?
    /// The candidate's share of anomalies in units of the control's.
    package var maxAnomalyRateRatio: Double?
    /// Drift of the candidate's inputs.
    package var maxPSI: Double?
    /// Where labels exist.
    package var minAccuracy: Double?
    /// Requests, rows or labels before a figure is judged, and before a step may end.
    package var minSamples: Int

    /// Guards.
    package init(
        maxErrorRate: Double? = nil, maxP95Seconds: Double? = nil, maxAnomalyRateRatio: Double? = nil,
        maxPSI: Double? = nil, minAccuracy: Double? = nil, minSamples: Int = 0
    ) {
        self.maxErrorRate = maxErrorRate
        self.maxP95Seconds = maxP95Seconds
        self.maxAnomalyRateRatio = maxAnomalyRateRatio
        self.maxPSI = maxPSI
        self.minAccuracy = minAccuracy
        self.minSamples = minSamples
    }

    /// The first guard that figures break, as a sentence with both numbers; nil if none is broken.
    ///
    /// A figure of fewer samples than ``minSamples`` breaks nothing.
    package func breach(in figures: RolloutFigures) -> String? {
        let rules: [(name: String, limit: Double?, value: Double?, isUpper: Bool)] = [
            ("error rate", maxErrorRate, judged(figures.candidate.errorRate, figures.candidate.requests), true),
            ("p95 latency", maxP95Seconds, judged(figures.candidate.p95Seconds, figures.candidate.requests), true),
            ("anomaly rate against the control", maxAnomalyRateRatio, anomalyRatio(figures), true),
            ("PSI", maxPSI, judged(figures.candidate.psi, figures.candidate.rows), true),
            ("accuracy", minAccuracy, judged(figures.candidate.accuracy, figures.candidate.labels), false),
        ]
        for rule in rules {
            guard let limit = rule.limit, let value = rule.value else { continue }
            if rule.isUpper ? value > limit : value < limit {
                return "\(rule.name) \(Self.shown(value)) is \(rule.isUpper ? "above" : "below") \(Self.shown(limit))"
            }
        }
        return nil
    }

    /// Whether as much was seen as every guard needs that does not depend on labels.
    ///
    /// - Parameter controlAnswers: false where the candidate has everything, and nothing of the control is waited for.
    package func haveEnough(_ figures: RolloutFigures, controlAnswers: Bool) -> Bool {
        var counts: [Int] = [figures.candidate.requests]
        if maxAnomalyRateRatio != nil, figures.candidate.anomalyRate != nil {
            counts.append(figures.candidate.rows)
            if controlAnswers { counts.append(figures.control.rows) }
        }
        return counts.allSatisfy { $0 >= minSamples }
    }

    private func judged(_ value: Double?, _ count: Int) -> Double? {
        count > 0 && count >= minSamples ? value : nil
    }

    /// A control without any anomaly counts as having had one, so that a few of the candidate's are no infinite ratio.
    private func anomalyRatio(_ figures: RolloutFigures) -> Double? {
        guard let candidate = judged(figures.candidate.anomalyRate, figures.candidate.rows),
            let control = judged(figures.control.anomalyRate, figures.control.rows)
        else { return nil }
        return candidate / max(control, 1 / Double(figures.control.rows))
    }

    /// Four digits behind the point, without those that say nothing.
    private static func shown(_ value: Double) -> String {
        let scaled = (value * 10_000).rounded() / 10_000
        return scaled == scaled.rounded() && abs(scaled) < 1e15 ? "\(Int(scaled))" : "\(scaled)"
    }
}
