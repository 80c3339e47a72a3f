import LinuxSystem

/// What one loop counts about one model version.
///
/// - Units: durations in nanoseconds; the page converts to Triton's microseconds.
/// - Isolation: written by the owning loop; read by the scrape through relaxed loads.
/// - Source: meanings follow Triton's `metric_model_reporter.cc` and `infer_stats.cc`.
final class ModelMetrics: Sendable {
    /// Why a request failed, as the label `reason` says it.
    enum FailureReason: CaseIterable {
        case rejected
        case canceled
        case backend
        case other

        var cell: Cell {
            switch self {
            case .rejected: .failureRejected
            case .canceled: .failureCanceled
            case .backend: .failureBackend
            case .other: .failureOther
            }
        }

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

    /// Cells of `counters`; the compiler numbers them.
    enum Cell: Int {
        case success
        case failureRejected, failureCanceled, failureBackend, failureOther
        case rows
        case executions
        case request, queue, computeInput, computeInfer, computeOutput
        case pending
    }

    private let counters = CounterBlock()
    let histograms = CounterBlock()

    func answered(_ request: Request) {
        add(1, to: .success)
        add(UInt64(request.rowCount), to: .rows)
        add(request.totalNanoseconds, to: .request)
        add(request.queueNanoseconds, to: .queue)
        add(request.decodeNanoseconds, to: .computeInput)
        add(request.computeNanoseconds, to: .computeInfer)
        add(request.encodeNanoseconds, to: .computeOutput)
        record(request.queueNanoseconds, .queue)
        record(request.computeNanoseconds, .compute)
        record(request.totalNanoseconds, .total)
    }

    func failed(_ reason: FailureReason) {
        add(1, to: reason.cell)
    }

    func executed(_ batchCount: Int = 1) {
        add(UInt64(batchCount), to: .executions)
    }

    /// Counts the large requests that the compute pool has, and those in shared queues; others are answered within
    /// their tick.
    func pendingChanged(by difference: Int) {
        let count = Int(value(of: .pending)) + difference
        precondition(count >= 0, "no more requests end than began")
        counters.set(UInt64(count), at: Cell.pending.rawValue)
    }

    /// Reads one counter, from any thread.
    func value(of cell: Cell) -> UInt64 { counters.value(at: cell.rawValue) }

    private func add(_ amount: UInt64, to cell: Cell) { counters.add(amount, to: cell.rawValue) }

    private func record(_ nanoseconds: UInt64, _ phase: Phase) {
        LatencyHistogram.record(nanoseconds, in: histograms, from: phase.rawValue &* LatencyHistogram.cellCount)
    }
}
