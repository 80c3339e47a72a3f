import LinuxSystem
import Testing

@testable import RequestTracing

/// When batches are due, what waits, what is dropped: the queue is told every event with its instant.
@Suite struct SpanQueueTests {
    /// A queue whose changes can stand within an expectation.
    private final class Queue {
        private var queue: SpanQueue

        init(_ options: OpenTelemetryOptions) { queue = SpanQueue(options) }

        var due: Nanoseconds { queue.due }
        var spanCount: Int { queue.spanCount }
        var isEmpty: Bool { queue.isEmpty }

        func arrived(_ record: TraceRecord, at now: Nanoseconds) -> Bool { queue.arrived(record, at: now) }

        func batch(at now: Nanoseconds, isEnding: Bool = false) -> ArraySlice<TraceRecord> {
            queue.batch(at: now, isEnding: isEnding)
        }

        func sent(
            recordCount: Int, _ outcome: SpanQueue.Outcome, at now: Nanoseconds, jitter: Double
        ) -> SpanQueue.Verdict {
            queue.sent(recordCount: recordCount, outcome, at: now, jitter: jitter)
        }
    }

    private static let delay = Nanoseconds.milliseconds(100)

    private static func options(queue: Int = 30, batch: Int = 6) -> OpenTelemetryOptions {
        var options = OpenTelemetryOptions()
        options.queueSize = queue
        options.batchSize = batch
        options.scheduleDelayMilliseconds = 100
        return options
    }

    private static func record(_ number: Int, isEvaluated: Bool = true) -> TraceRecord {
        var record = TraceRecord.sample(isEvaluated: isEvaluated)
        record.rowCount = number
        return record
    }

    private func numbers(_ batch: ArraySlice<TraceRecord>) -> [Int] { batch.map(\.rowCount) }

    @Test func `a batch is due when its oldest trace has waited`() {
        let queue = Queue(Self.options())
        #expect(queue.due == .never && queue.isEmpty)
        #expect(queue.arrived(Self.record(1), at: .seconds(1)))
        #expect(queue.due == .seconds(1) + Self.delay && queue.spanCount == 3)
        #expect(numbers(queue.batch(at: .seconds(1))) == [])
        #expect(numbers(queue.batch(at: queue.due)) == [1])
        #expect(numbers(queue.batch(at: .seconds(1), isEnding: true)) == [1])
    }

    @Test func `a batch is due when it is full, and not larger`() {
        let queue = Queue(Self.options())
        for number in 1...3 { _ = queue.arrived(Self.record(number), at: .zero) }
        #expect(numbers(queue.batch(at: .zero)) == [1, 2])
        #expect(queue.sent(recordCount: 2, .accepted, at: .zero, jitter: 0) == .sent(spanCount: 6))
        #expect(numbers(queue.batch(at: .zero)) == [] && numbers(queue.batch(at: Self.delay)) == [3])
        #expect(queue.sent(recordCount: 1, .accepted, at: Self.delay, jitter: 0) == .sent(spanCount: 3))
        #expect(queue.isEmpty && queue.due == .never)
    }

    @Test func `what follows a full batch is due at once if it is full, too`() {
        let queue = Queue(Self.options())
        for number in 1...4 { _ = queue.arrived(Self.record(number), at: .zero) }
        _ = queue.sent(recordCount: 2, .accepted, at: .zero, jitter: 0)
        #expect(queue.due == .zero && numbers(queue.batch(at: .zero)) == [3, 4])
    }

    @Test func `a request that was not evaluated is one span`() {
        let queue = Queue(Self.options())
        for number in 1...7 { _ = queue.arrived(Self.record(number, isEvaluated: false), at: .zero) }
        #expect(queue.spanCount == 7 && numbers(queue.batch(at: .zero)) == [1, 2, 3, 4, 5, 6])
    }

    @Test func `one trace is sent even if it is larger than a batch`() {
        let queue = Queue(Self.options(batch: 1))
        _ = queue.arrived(Self.record(1), at: .zero)
        #expect(numbers(queue.batch(at: .zero)) == [1])
    }

    @Test func `the newest is dropped when there is no room`() {
        let queue = Queue(Self.options(queue: 7))
        #expect([1, 2, 3].map { queue.arrived(Self.record($0), at: .zero) } == [true, true, false])
        #expect(queue.arrived(Self.record(4, isEvaluated: false), at: .zero))
        #expect(numbers(queue.batch(at: .zero)) == [1, 2] && queue.spanCount == 7)
    }

    @Test func `a batch that failed is tried again after pauses that double, then given up`() {
        let queue = Queue(Self.options())
        _ = queue.arrived(Self.record(1), at: .zero)
        var now = queue.due
        for attempt in 1..<TracingLimits.sendingAttempts {
            #expect(numbers(queue.batch(at: now)) == [1])
            #expect(queue.sent(recordCount: 1, .failed(after: nil), at: now, jitter: 0) == .waits)
            #expect(queue.due == now + .seconds(1 << (attempt - 1)))
            #expect(numbers(queue.batch(at: now)) == [])
            now = queue.due
        }
        _ = queue.arrived(Self.record(2), at: now)
        #expect(
            queue.sent(recordCount: 1, .failed(after: nil), at: now, jitter: 0)
                == .lost(spanCount: 3, .undelivered))
        #expect(queue.due == now + Self.delay && numbers(queue.batch(at: queue.due)) == [2])
    }

    @Test func `what comes while a batch waits does not hasten it`() {
        let queue = Queue(Self.options())
        for number in 1...2 { _ = queue.arrived(Self.record(number), at: .zero) }
        #expect(queue.sent(recordCount: 2, .failed(after: nil), at: .zero, jitter: 0.5) == .waits)
        #expect(queue.due == .milliseconds(750))
        for number in 3...4 { _ = queue.arrived(Self.record(number), at: .zero) }
        #expect(queue.due == .milliseconds(750) && numbers(queue.batch(at: .milliseconds(749))) == [])
        #expect(numbers(queue.batch(at: .milliseconds(750))) == [1, 2])
    }

    @Test func `a receiver's wish counts if it is longer, up to a limit`() {
        for (wish, expected) in [(0, 1), (1, 1), (9, 9), (86_400, TracingLimits.retryAfterSeconds)] {
            let queue = Queue(Self.options())
            _ = queue.arrived(Self.record(1), at: .zero)
            _ = queue.sent(recordCount: 1, .failed(after: .seconds(wish)), at: .zero, jitter: 0)
            #expect(queue.due == .seconds(expected), "\(wish)")
        }
    }

    @Test func `what is refused goes, and the next batch is its first attempt`() {
        let queue = Queue(Self.options())
        for number in 1...2 { _ = queue.arrived(Self.record(number), at: .zero) }
        _ = queue.sent(recordCount: 1, .failed(after: nil), at: .zero, jitter: 0)
        #expect(queue.sent(recordCount: 1, .refused, at: .zero, jitter: 0) == .lost(spanCount: 3, .refused))
        _ = queue.sent(recordCount: 1, .failed(after: nil), at: .zero, jitter: 0)
        #expect(queue.due == .seconds(1))
    }
}
