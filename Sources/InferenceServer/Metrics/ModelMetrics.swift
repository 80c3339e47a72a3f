import LinuxSystem

/// What one loop counts about one model version.
///
/// - Units: durations in nanoseconds; the page converts to Triton's microseconds.
/// - Isolation: written by the owning loop; read by the scrape through relaxed loads.
/// - Source: meanings follow Triton's `metric_model_reporter.cc` and `infer_stats.cc`.
final class ModelMetrics: Sendable {
    /// Why a request failed, as the label `reason` says it.
    enum FailureReason: Int, CaseIterable {
        case rejected
        case canceled
        case backend
        case other

        var label: StaticString {
            switch self {
            case .rejected: "REJECTED"
            case .canceled: "CANCELED"
            case .backend: "BACKEND"
            case .other: "OTHER"
            }
        }
    }

    /// A stretch of a request's life that has a histogram.
    enum Phase: Int, CaseIterable {
        case queue
        case compute
        case total

        var label: StaticString {
            switch self {
            case .queue: "queue"
            case .compute: "compute"
            case .total: "total"
            }
        }
    }

    /// Instants and sizes of one answered request, taken by the loop.
    struct Request {
        var rowCount: Int
        var decodeNanoseconds: UInt64
        var queueNanoseconds: UInt64
        var computeNanoseconds: UInt64
        var encodeNanoseconds: UInt64

        var totalNanoseconds: UInt64 {
            decodeNanoseconds &+ queueNanoseconds &+ computeNanoseconds &+ encodeNanoseconds
        }
    }

    /// Cells of `counters`.
    enum Cell {
        static let success = 0
        static let failure = 1  // one per reason, four cells
        static let rows = 5
        static let executions = 6
        static let request = 7
        static let queue = 8
        static let computeInput = 9
        static let computeInfer = 10
        static let computeOutput = 11
        static let pending = 12
    }

    let counters = CounterBlock()
    let histograms = CounterBlock()

    func answered(_ request: Request) {
        counters.add(1, to: Cell.success)
        counters.add(UInt64(request.rowCount), to: Cell.rows)
        counters.add(request.totalNanoseconds, to: Cell.request)
        counters.add(request.queueNanoseconds, to: Cell.queue)
        counters.add(request.decodeNanoseconds, to: Cell.computeInput)
        counters.add(request.computeNanoseconds, to: Cell.computeInfer)
        counters.add(request.encodeNanoseconds, to: Cell.computeOutput)
        record(request.queueNanoseconds, .queue)
        record(request.computeNanoseconds, .compute)
        record(request.totalNanoseconds, .total)
    }

    func failed(_ reason: FailureReason) {
        counters.add(1, to: Cell.failure &+ reason.rawValue)
    }

    func executed() {
        counters.add(1, to: Cell.executions)
    }

    /// Counts the large requests that the compute pool has; small ones are answered within their tick.
    func pendingChanged(by difference: Int) {
        let count = Int(counters.value(at: Cell.pending)) + difference
        precondition(count >= 0, "no more requests end than began")
        counters.set(UInt64(count), at: Cell.pending)
    }

    private func record(_ nanoseconds: UInt64, _ phase: Phase) {
        LatencyHistogram.record(nanoseconds, in: histograms, from: phase.rawValue &* LatencyHistogram.cellCount)
    }
}
