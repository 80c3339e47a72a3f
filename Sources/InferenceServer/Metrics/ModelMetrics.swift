import DynamicBatching
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
        /// Rows whose result is 1; nil if the request wanted no prediction.
        var positiveRowCount: Int?

        var totalNanoseconds: UInt64 {
            decodeNanoseconds &+ queueNanoseconds &+ computeNanoseconds &+ encodeNanoseconds
        }

        /// The batch of a request that is alone in it.
        ///
        /// - Parameter end: of its evaluation, more or less.
        func execution(end: Nanoseconds) -> BatchExecution {
            BatchExecution(
                rowCount: max(1, rowCount), readNanoseconds: Int64(decodeNanoseconds),
                computeNanoseconds: Int64(computeNanoseconds), end: end)
        }
    }

    /// Cells of `counters`; the compiler numbers them.
    enum Cell: Int, CaseIterable {
        case success
        case failureRejected, failureCanceled, failureBackend, failureOther
        /// Time in requests that failed.
        case failure
        case rows
        case executions
        case request, queue, computeInput, computeInfer, computeOutput
        /// Rows whose result is 1, and those whose result is 0.
        case positiveRows, otherRows
        case pending
        /// When the last batch was evaluated, by the monotonic clock; 0 for never.
        case lastExecution
    }

    /// What a row is counted under in `model_prediction_total`, and a request in `model_latency_seconds`: whether its
    /// result, or that of any of its rows, is 1.
    enum Result: Int, CaseIterable {
        case other
        case positive

        var label: StaticString {
            switch self {
            case .other: "0"
            case .positive: "1"
            }
        }

        var rowsCell: Cell { self == .positive ? .positiveRows : .otherRows }

        /// First cell of its histogram in `counters`, behind the cells of `Cell`.
        var firstHistogramCell: Int { 24 &+ rawValue &* LatencyHistogram.cellCount }
    }

    let counters = CounterBlock()
    let histograms = CounterBlock()
    let batchSizes = BatchSizeCounters()

    func answered(_ request: Request) { answered(request, Buckets(of: request)) }

    /// Where a request's durations are counted: the same for all who count it.
    struct Buckets {
        let queue: Int
        let compute: Int
        let total: Int

        init(of request: Request) {
            queue = LatencyHistogram.bucket(ofNanoseconds: request.queueNanoseconds)
            compute = LatencyHistogram.bucket(ofNanoseconds: request.computeNanoseconds)
            total = LatencyHistogram.bucket(ofNanoseconds: request.totalNanoseconds)
        }
    }

    /// Counts a request to a split, which is an execution of its own, as it counts for the variant.
    func answeredByVariant(_ request: Request, _ buckets: Buckets, end: Nanoseconds) {
        add(1, to: .executions)
        counters.set(UInt64(end.count), at: Cell.lastExecution.rawValue)
        answered(request, buckets)
    }

    func answered(_ request: Request, _ buckets: Buckets) {
        add(1, to: .success)
        add(UInt64(request.rowCount), to: .rows)
        let total = request.totalNanoseconds
        add(total, to: .request)
        add(request.queueNanoseconds, to: .queue)
        add(request.decodeNanoseconds, to: .computeInput)
        add(request.computeNanoseconds, to: .computeInfer)
        add(request.encodeNanoseconds, to: .computeOutput)
        record(request.queueNanoseconds, buckets.queue, .queue)
        record(request.computeNanoseconds, buckets.compute, .compute)
        record(total, buckets.total, .total)
        guard let positives = request.positiveRowCount else { return }
        add(UInt64(positives), to: .positiveRows)
        add(UInt64(request.rowCount &- positives), to: .otherRows)
        let result: Result = positives > 0 ? .positive : .other
        LatencyHistogram.record(total, ofBucket: buckets.total, in: counters, from: result.firstHistogramCell)
    }

    /// - Parameter nanoseconds: how long the request was there.
    func failed(_ reason: FailureReason, nanoseconds: UInt64 = 0) {
        add(1, to: reason.cell)
        add(nanoseconds, to: .failure)
    }

    /// Counts a batch.
    func executed(_ execution: BatchExecution) {
        add(1, to: .executions)
        counters.set(UInt64(execution.end.count), at: Cell.lastExecution.rawValue)
        batchSizes.add(
            BatchSizeCounters.Figures(
                count: 1, readNanoseconds: execution.part(of: execution.readNanoseconds),
                computeNanoseconds: execution.part(of: execution.computeNanoseconds)),
            rowCount: execution.rowCount)
    }

    /// Adds to a batch that was counted how long writing its answers took.
    func answered(_ execution: BatchExecution, writeNanoseconds: Int64) {
        batchSizes.add(writeNanoseconds: execution.part(of: writeNanoseconds), rowCount: execution.rowCount)
    }

    /// Counts the large requests that the compute pool has, and those in shared queues; others are answered within
    /// their tick.
    func pendingChanged(by difference: Int) {
        let count = Int(value(of: .pending)) + difference
        precondition(count >= 0, "no more requests end than began")
        counters.set(UInt64(count), at: Cell.pending.rawValue)
    }

    /// Takes over what another object has counted, which goes on to be shown when that one is gone.
    ///
    /// - Precondition: no request counts for the other any more.
    func absorb(_ other: ModelMetrics) {
        for cell in 0..<CounterBlock.size where cell != Cell.lastExecution.rawValue {
            counters.add(other.counters.value(at: cell), to: cell)
        }
        for cell in 0..<CounterBlock.size { histograms.add(other.histograms.value(at: cell), to: cell) }
    }

    /// Reads one counter, from any thread.
    func value(of cell: Cell) -> UInt64 { counters.value(at: cell.rawValue) }

    private func add(_ amount: UInt64, to cell: Cell) { counters.add(amount, to: cell.rawValue) }

    private func record(_ nanoseconds: UInt64, _ bucket: Int, _ phase: Phase) {
        LatencyHistogram.record(
            nanoseconds, ofBucket: bucket, in: histograms, from: phase.rawValue &* LatencyHistogram.cellCount)
    }
}
