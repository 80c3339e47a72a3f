import AnomalyExplanation
import LinuxSystem

/// What the metrics page shows about explanations.
struct ExplanationFigures: Sendable {
    /// One step of an explanation.
    enum Stage: String, CaseIterable, Sendable {
        /// From the anomaly to the end of its explanation.
        case total
        case evidence
        case retrieval
        case generation
    }

    /// Durations by the buckets of ``LatencyHistogram``.
    struct Histogram: Sendable {
        private(set) var cells = [UInt64](repeating: 0, count: LatencyHistogram.cellCount)

        mutating func record(_ duration: Int64) {
            let nanoseconds = UInt64(max(0, duration))
            cells[LatencyHistogram.bucket(ofNanoseconds: nanoseconds)] += 1
            cells[LatencyHistogram.sumCell] += nanoseconds
        }
    }

    /// Why an explanation has ended.
    struct End: Hashable, Sendable {
        var state: ExplanationJob.State
        /// One of few words; empty for none.
        var reason: String
    }

    var stages: [Stage: Histogram] = [:]
    var ends: [End: UInt64] = [:]
    /// Anomalous rows that came.
    var anomalies: UInt64 = 0
    /// Those of them that have joined an incident that there was.
    var joined: UInt64 = 0
    var waiting = 0
    /// Seconds for which the oldest incident has waited.
    var oldestSeconds = 0.0
    var remembered = 0
    /// The longest that the thread has worked without offering its processor.
    var longestSlice = Nanoseconds.zero

    mutating func record(_ duration: Int64, of stage: Stage) { stages[stage, default: Histogram()].record(duration) }
}
