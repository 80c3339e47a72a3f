import LinuxSystem
import ModelMonitoring
import ModelRepository

/// What the models of a split's variants had counted when a step of a rollout began, against which the step is judged.
struct RolloutBaseline {
    /// The sums over loops of one model version's counters.
    struct Counts: Equatable {
        var requests: UInt64 = 0
        var failures: UInt64 = 0
        var rows: UInt64 = 0
        var firingRows: UInt64 = 0
        /// Requests by the bucket of their latency.
        var latencies = [UInt64](repeating: 0, count: LatencyHistogram.sumCell)

        init() {}

        /// Adds up what loops have counted for a loaded model.
        init(_ counters: [ModelMetrics]) {
            let first = ModelMetrics.Phase.total.rawValue * LatencyHistogram.cellCount
            for loop in counters {
                requests += loop.value(of: .success)
                failures += ModelMetrics.FailureReason.allCases.reduce(0) { $0 + loop.value(of: $1.cell) }
                firingRows += loop.value(of: .positiveRows)
                rows += loop.value(of: .positiveRows) + loop.value(of: .otherRows)
                for bucket in latencies.indices { latencies[bucket] += loop.histograms.value(at: first + bucket) }
            }
        }

        /// What has come since an earlier time; everything, where the counters have begun anew.
        func since(_ earlier: Counts) -> Counts {
            guard requests >= earlier.requests, failures >= earlier.failures, rows >= earlier.rows,
                firingRows >= earlier.firingRows
            else { return self }
            var difference = self
            difference.requests -= earlier.requests
            difference.failures -= earlier.failures
            difference.rows -= earlier.rows
            difference.firingRows -= earlier.firingRows
            for bucket in latencies.indices {
                difference.latencies[bucket] -= min(latencies[bucket], earlier.latencies[bucket])
            }
            return difference
        }

        /// The time that 95 % of the requests took at most; nil without requests.
        ///
        /// - Source: as Prometheus' `histogram_quantile`: linear within a bucket, the last bound for what is above it.
        var p95Seconds: Double? {
            let total = latencies.reduce(0, +)
            guard total > 0 else { return nil }
            let rank = 0.95 * Double(total)
            var below = 0.0
            for bucket in latencies.indices {
                let count = Double(latencies[bucket])
                if below + count >= rank, count > 0 {
                    guard bucket < LatencyHistogram.boundTexts.count else { break }
                    let low = bucket == 0 ? 0 : Double(LatencyHistogram.boundsNanoseconds[bucket - 1])
                    let high = Double(LatencyHistogram.boundsNanoseconds[bucket])
                    return (low + (high - low) * (rank - below) / count) / 1e9
                }
                below += count
            }
            return Double(LatencyHistogram.boundsNanoseconds[LatencyHistogram.boundTexts.count - 1]) / 1e9
        }
    }

    private let counts: [Counts]

    /// Remembers what was counted until now.
    init(_ split: TrafficSplit, _ metrics: MetricsRegistry) {
        counts = split.variants.map { Self.counts(of: $0, metrics) }
    }

    private static func counts(of variant: TrafficSplit.Variant, _ metrics: MetricsRegistry) -> Counts {
        guard let member = variant.member else { return Counts() }
        return Counts(metrics.statistics(of: ObjectIdentifier(member), MetricsRegistry.Key(of: member)))
    }

    /// What has happened since.
    func figures(
        of monitor: SplitMonitor, candidate: Int, _ metrics: MetricsRegistry, psi: Double?
    ) -> RolloutFigures {
        var figures = RolloutFigures()
        for (index, variant) in monitor.split.variants.enumerated() {
            let now = Self.counts(of: variant, metrics)
            let step = index < counts.count ? now.since(counts[index]) : now
            let accuracy = monitor.variants[index].stepAccuracy.confusion
            if index == candidate {
                figures.candidate = Self.variant(step, accuracy)
                figures.candidate.psi = psi
            } else {
                figures.control.requests += Int(step.requests + step.failures)
                let firing = (figures.control.anomalyRate ?? 0) * Double(figures.control.rows) + Double(step.firingRows)
                figures.control.rows += Int(step.rows)
                figures.control.anomalyRate = figures.control.rows > 0 ? firing / Double(figures.control.rows) : nil
            }
        }
        return figures
    }

    private static func variant(_ step: Counts, _ accuracy: ConfusionMatrix) -> RolloutFigures.Variant {
        var figures = RolloutFigures.Variant()
        let requests = step.requests + step.failures
        figures.requests = Int(requests)
        figures.errorRate = requests > 0 ? Double(step.failures) / Double(requests) : nil
        figures.p95Seconds = step.p95Seconds
        figures.rows = Int(step.rows)
        figures.anomalyRate = step.rows > 0 ? Double(step.firingRows) / Double(step.rows) : nil
        figures.labels = accuracy.total
        figures.accuracy = accuracy.accuracy
        return figures
    }
}
