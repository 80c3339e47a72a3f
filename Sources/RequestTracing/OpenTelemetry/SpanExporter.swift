import LinuxSystem

/// Sends traces as spans to a receiver, a batch at a time, and counts what is lost.
///
/// - Isolation: the side thread.
final class SpanExporter: TraceSink {
    /// Whom the exporter tells what it does.
    struct Surroundings {
        var figures: TracingFigures
        var clock: any MonotonicClock
        /// Nanoseconds since 1970, UTC.
        var wallClock: () -> Int64
        var report: (TraceReport) -> Void
        /// 0…1.
        var jitter: () -> Double
    }

    private let options: OpenTelemetryOptions
    private let version: String
    private let receiver: any SpanReceiver
    private let surroundings: Surroundings
    private var queue: SpanQueue
    private var generator = SystemRandomNumberGenerator()
    private var isInTrouble = false
    private var hasReportedRefusal = false
    /// Whether nothing is sent any more before the end.
    private let isInterrupted: () -> Bool
    /// Who takes spans when the attempts under way were interrupted for the end.
    private let lastReceiver: any SpanReceiver

    /// - Parameter version: of this server.
    /// - Parameter isInterrupted: whether `receiver` sends nothing any more.
    /// - Parameter lastReceiver: takes what is left then.
    init(
        _ options: OpenTelemetryOptions, version: String, receiver: any SpanReceiver,
        isInterrupted: @escaping () -> Bool, lastReceiver: any SpanReceiver, _ surroundings: Surroundings
    ) {
        self.options = options
        self.version = version
        self.receiver = receiver
        self.isInterrupted = isInterrupted
        self.lastReceiver = lastReceiver
        self.surroundings = surroundings
        queue = SpanQueue(options)
    }

    func take(_ record: TraceRecord) {
        if !queue.arrived(record, at: surroundings.clock.now()) {
            record.directive.lost()
            surroundings.figures.lose(SpanEncoding.spanCount(of: record), .queueFull)
        }
    }

    func lookedAround(at now: Nanoseconds) -> Nanoseconds {
        let batch = queue.batch(at: now)
        if !batch.isEmpty, !isInterrupted() {
            send(batch, receiver, within: .milliseconds(options.timeoutMilliseconds))
        }
        return queue.due
    }

    func end(by instant: Nanoseconds) {
        while true {
            let now = surroundings.clock.now()
            let batch = queue.batch(at: now, isEnding: true)
            guard !batch.isEmpty else { return }
            let left = min(instant - now, .milliseconds(options.timeoutMilliseconds))
            // One attempt for each batch: there is no time to come back to one.
            guard left > .zero, send(batch, lastReceiver, within: left) else {
                return surroundings.figures.lose(queue.spanCount, .ending)
            }
        }
    }

    /// - Returns: whether the batch has left the queue.
    @discardableResult
    private func send(
        _ batch: ArraySlice<TraceRecord>, _ receiver: any SpanReceiver, within limit: Nanoseconds
    ) -> Bool {
        let offset = surroundings.wallClock() - surroundings.clock.now().count
        let body = SpanEncoding(resource: options.resource, version: version, wallClockOffset: offset)
            .request(for: batch, using: &generator)
        let answer = receiver.send(body, within: limit)
        // Who was interrupted has not failed: the last receiver has its turn.
        if isInterrupted(), receiver !== lastReceiver, answer.outcome != .accepted { return false }
        let verdict = queue.sent(
            recordCount: batch.count, answer.outcome, at: surroundings.clock.now(), jitter: surroundings.jitter())
        count(verdict, answer)
        tell(verdict, answer)
        return verdict != .waits
    }

    private func count(_ verdict: SpanQueue.Verdict, _ answer: SpanReceiver.Answer) {
        switch verdict {
        case .sent(let spanCount):
            let rejected = min(max(answer.rejectedSpans, 0), spanCount)
            surroundings.figures.sent(spanCount: spanCount - rejected)
            surroundings.figures.lose(rejected, .rejected)
        case .lost(let spanCount, let loss): surroundings.figures.lose(spanCount, loss)
        case .waits: break
        }
    }

    /// Tells the operator what has changed, not what goes on.
    private func tell(_ verdict: SpanQueue.Verdict, _ answer: SpanReceiver.Answer) {
        switch verdict {
        case .sent:
            if isInTrouble { surroundings.report(.sendingWorks(receiver: options.shownURL)) }
            if answer.rejectedSpans > 0, !hasReportedRefusal {
                hasReportedRefusal = true
                surroundings.report(.spansRefused(receiver: options.shownURL, reason: answer.reason))
            }
            isInTrouble = false
        case .lost(_, .refused):
            if !hasReportedRefusal {
                hasReportedRefusal = true
                surroundings.report(.spansRefused(receiver: options.shownURL, reason: answer.reason))
            }
        case .lost, .waits:
            if !isInTrouble { surroundings.report(.sendingFailed(receiver: options.shownURL, reason: answer.reason)) }
            isInTrouble = true
        }
    }
}
