import DynamicBatching
import LinuxSystem
import Testing

@testable import InferenceServer

/// What a request and a batch add to which counter.
@Suite struct ModelMetricsTests {
    private func request(positives: Int?) -> ModelMetrics.Request {
        ModelMetrics.Request(
            rowCount: 5, decodeNanoseconds: 1, queueNanoseconds: 2, computeNanoseconds: 30_000, encodeNanoseconds: 4,
            positiveRowCount: positives)
    }

    private func histogram(_ metrics: ModelMetrics, _ result: ModelMetrics.Result) -> [UInt64] {
        (0..<LatencyHistogram.cellCount).map { metrics.counters.value(at: result.firstHistogramCell + $0) }
    }

    @Test func `rows are counted by their result, requests under 1 if any of their rows is`() {
        let metrics = ModelMetrics()
        metrics.answered(request(positives: 2))
        metrics.answered(request(positives: 0))
        metrics.answered(request(positives: nil))
        #expect(metrics.value(of: .positiveRows) == 2 && metrics.value(of: .otherRows) == 8)
        #expect(metrics.value(of: .rows) == 15 && metrics.value(of: .success) == 3)
        for result in ModelMetrics.Result.allCases {
            let cells = histogram(metrics, result)
            #expect(cells[2] == 1 && cells[LatencyHistogram.sumCell] == 30_007, "\(result)")
            #expect(cells[..<LatencyHistogram.sumCell].reduce(0, +) == 1)
        }
    }

    @Test func `no two counters share a cell`() {
        let last = ModelMetrics.Cell.allCases.map(\.rawValue).max() ?? 0
        let firsts = ModelMetrics.Result.allCases.map(\.firstHistogramCell).sorted()
        #expect(last < firsts[0] && firsts[0] + LatencyHistogram.cellCount <= firsts[1])
        #expect(firsts[1] + LatencyHistogram.cellCount <= CounterBlock.size)
    }

    @Test func `a batch is counted once, with its times, and again with the time of its answers`() {
        let metrics = ModelMetrics()
        let execution = BatchExecution(
            rowCount: 7, readNanoseconds: 10, computeNanoseconds: 20, end: Nanoseconds(123))
        metrics.executed(execution)
        metrics.answered(execution, writeNanoseconds: 5)
        var found: [Int: BatchSizeCounters.Figures] = [:]
        metrics.batchSizes.forEach { found[$0] = $1 }
        #expect(found == [7: .init(count: 1, readNanoseconds: 10, computeNanoseconds: 20, writeNanoseconds: 5)])
        #expect(metrics.value(of: .executions) == 1 && metrics.value(of: .lastExecution) == 123)
    }

    @Test func `times of rows that count for several batches are shared out by the rows`() {
        let metrics = ModelMetrics()
        for rowCount in [6, 2] {
            let execution = BatchExecution(
                rowCount: rowCount, evaluatedRowCount: 8, readNanoseconds: 80, computeNanoseconds: 800)
            metrics.executed(execution)
            metrics.answered(execution, writeNanoseconds: 8)
        }
        var found: [Int: BatchSizeCounters.Figures] = [:]
        metrics.batchSizes.forEach { found[$0] = $1 }
        #expect(found[6] == .init(count: 1, readNanoseconds: 60, computeNanoseconds: 600, writeNanoseconds: 6))
        #expect(found[2] == .init(count: 1, readNanoseconds: 20, computeNanoseconds: 200, writeNanoseconds: 2))
        #expect(metrics.value(of: .executions) == 2)
    }

    @Test func `failures add their time`() {
        let metrics = ModelMetrics()
        metrics.failed(.rejected, nanoseconds: 7)
        metrics.failed(.other, nanoseconds: 5)
        #expect(metrics.value(of: .failure) == 12 && metrics.value(of: .failureRejected) == 1)
    }
}
