import LinuxSystem

/// Decides which traces wait to be sent, which are sent next, and when.
///
/// Pure: it is told what happened and when. A batch is due when it is full or when the oldest of it has waited for the
/// delay; a batch that could not be sent waits at the front for its next attempt, and what comes meanwhile waits behind
/// it as long as there is room. The newest is dropped: what waits already is the beginning of what happened.
///
/// - Source: OpenTelemetry specification, "Batching processor"; OTLP 1.x, "Failures" and "Throttling".
struct SpanQueue {
    /// What came of sending a batch.
    enum Outcome: Equatable {
        case accepted
        /// Not now: the receiver, or the way to it, is in trouble.
        ///
        /// - Parameter after: how long the receiver asks to be left alone.
        case failed(after: Nanoseconds?)
        /// Never.
        case refused
    }

    /// What became of the spans of a batch.
    enum Verdict: Equatable {
        case sent(spanCount: Int)
        case waits
        case lost(spanCount: Int, TracingFigures.Loss)
    }

    private let capacity: Int
    private let batchSize: Int
    private let delay: Nanoseconds
    private var records: [TraceRecord] = []
    private(set) var spanCount = 0
    /// When the next batch is due because of its age, or may be tried again.
    private(set) var due = Nanoseconds.never
    /// Attempts to send what stands in front.
    private var attempts = 0

    /// Before the second attempt; doubled for each one after it.
    private static let firstPause = Nanoseconds.seconds(1)

    init(_ options: OpenTelemetryOptions) {
        capacity = options.queueSize
        batchSize = options.batchSize
        delay = .milliseconds(options.scheduleDelayMilliseconds)
    }

    var isEmpty: Bool { records.isEmpty }

    /// Takes a trace.
    ///
    /// - Returns: false if there is no room.
    mutating func arrived(_ record: TraceRecord, at now: Nanoseconds) -> Bool {
        let count = SpanEncoding.spanCount(of: record)
        guard spanCount + count <= capacity else { return false }
        if records.isEmpty { due = now + delay }
        records.append(record)
        spanCount += count
        return true
    }

    /// The traces to be sent now; empty if none are due.
    ///
    /// - Parameter isEnding: whether everything is due.
    func batch(at now: Nanoseconds, isEnding: Bool = false) -> ArraySlice<TraceRecord> {
        let isFull = spanCount >= batchSize && attempts == 0
        guard isFull || now >= due || isEnding else { return [] }
        var count = 0
        let end = records.firstIndex { record in
            count += SpanEncoding.spanCount(of: record)
            return count > batchSize
        }
        // One trace is always sent, whatever the size.
        return records[..<max(min(1, records.count), end ?? records.count)]
    }

    /// Takes note of what came of the batch that was due.
    ///
    /// - Parameter recordCount: traces of that batch.
    /// - Parameter jitter: 0…1, by which clients that failed together come back apart.
    mutating func sent(
        recordCount: Int, _ outcome: Outcome, at now: Nanoseconds, jitter: Double
    ) -> Verdict {
        precondition(recordCount > 0 && recordCount <= records.count, "a batch is the front of the queue")
        switch outcome {
        case .accepted:
            return .sent(spanCount: leave(recordCount, at: now))
        case .refused:
            return .lost(spanCount: leave(recordCount, at: now), .refused)
        case .failed(let wish):
            attempts += 1
            if attempts >= TracingLimits.sendingAttempts {
                return .lost(spanCount: leave(recordCount, at: now), .undelivered)
            }
            due = now + pause(wish, jitter)
            return .waits
        }
    }

    /// Doubles from attempt to attempt, up to half of it by chance; the receiver's own wish counts if it is longer.
    private func pause(_ wish: Nanoseconds?, _ jitter: Double) -> Nanoseconds {
        let whole = Self.firstPause.count << Int64(attempts - 1)
        let own = whole - Int64(Double(whole) * 0.5 * jitter)
        let longest = Nanoseconds.seconds(TracingLimits.retryAfterSeconds)
        return max(Nanoseconds(own), min(wish ?? .zero, longest))
    }

    /// Takes the front of the queue away.
    private mutating func leave(_ recordCount: Int, at now: Nanoseconds) -> Int {
        let count = records[..<recordCount].reduce(0) { $0 + SpanEncoding.spanCount(of: $1) }
        records.removeFirst(recordCount)
        spanCount -= count
        attempts = 0
        // What is left has waited for some of its delay already.
        due = records.isEmpty ? .never : now + (spanCount >= batchSize ? .zero : delay)
        return count
    }
}
