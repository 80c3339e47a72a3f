package import LinuxSystem
import OutgoingHTTP
import Synchronization

/// Brings events to every place that wants them, on a thread of its own.
///
/// - Isolation: any thread; whoever sends waits for nobody.
package final class EventSender: Sendable {
    private let options: [EventSinkOptions]
    package let figures: [EventFigures]
    private let arrived = Mutex<[CloudEvent]>([])
    private let news = ThreadSemaphore()
    private let isEnding = Atomic(false)
    /// When whoever waits for the end gives up, in nanoseconds of the monotonic clock.
    private let endBy = Atomic<Int64>(.max)
    private let interruption = Interruption()
    private let thread = Mutex<SystemThread?>(nil)
    private let clock: any MonotonicClock

    /// Makes a sender; nothing runs before `start`.
    ///
    /// - Precondition: no more places than `CloudEventsLimits.sinkCount`.
    package init(_ options: [EventSinkOptions], clock: any MonotonicClock = SystemClock()) {
        precondition(options.count <= CloudEventsLimits.sinkCount, "there is a limit on places")
        self.options = options
        self.clock = clock
        figures = options.map { EventFigures(sink: $0.name) }
    }

    /// Whether anybody wants events.
    package var hasSinks: Bool { !options.isEmpty }

    /// Sends an event.
    ///
    /// - Precondition: its data has no more bytes than `CloudEventsLimits.dataByteCount`.
    package func send(_ event: CloudEvent) {
        precondition(event.data.count <= CloudEventsLimits.dataByteCount, "data has its limit")
        guard hasSinks else { return }
        arrived.withLock { $0.append(event) }
        news.signal()
    }

    /// Starts the thread, if there is a place to bring events to.
    ///
    /// - Parameter report: is told about faults.
    package func start(_ report: @escaping @Sendable (EventReport) -> Void) throws(SystemError) {
        guard hasSinks else { return }
        let started = try SystemThread(name: "rowan-events", priority: .background) { [self] in
            run(makeSinks(report))
        }
        thread.withLock { $0 = started }
    }

    private func makeSinks(_ report: @escaping (EventReport) -> Void) -> [EventSink] {
        zip(options, figures).map { options, figures in
            EventSink(
                options, receiver: receiver(for: options, interruption),
                deadLetters: DeadLetters(path: options.deadLetterFile), figures: figures, report: report,
                jitter: { .random(in: 0..<1) })
        }
    }

    private func receiver(for options: EventSinkOptions, _ interruption: Interruption) -> any EventReceiver {
        switch options.target {
        case .http(let url, let mode, let token, let timeoutSeconds):
            HTTPEventReceiver(
                url: url, mode: mode, token: token, timeoutSeconds: timeoutSeconds, interruption: interruption)
        case .file(let path): FileEventReceiver(path: path)
        }
    }

    /// Lets the thread bring what is left, and waits for it.
    ///
    /// - Parameter instant: when to give up.
    package func end(by instant: Nanoseconds) {
        guard let thread = thread.withLock({ $0 }) else { return }
        endBy.store(instant.count, ordering: .relaxed)
        isEnding.store(true, ordering: .releasing)
        interruption.interrupt()
        news.signal()
        thread.join()
    }

    private func run(_ sinks: [EventSink]) {
        while true {
            let isLast = isEnding.load(ordering: .acquiring)
            let events = arrived.withLock { arrived in
                let events = arrived
                arrived.removeAll()
                return events
            }
            let now = clock.now()
            for event in events {
                for sink in sinks { sink.take(event, at: now) }
            }
            if isLast { return end(sinks, by: Nanoseconds(endBy.load(ordering: .relaxed))) }
            for sink in sinks { sink.deliver(clock: clock) { interruption.isInterrupted } }
            let due = sinks.map(\.due).min() ?? .never
            // A very long wait is looked after once an hour.
            let wait = min(due == .never ? .seconds(3_600) : due - clock.now(), .seconds(3_600))
            if wait > .zero { _ = news.wait(atMost: wait) }
        }
    }

    private func end(_ sinks: [EventSink], by instant: Nanoseconds) {
        for (index, sink) in sinks.enumerated() {
            let limit = Self.limit(sinks.count - index, now: clock.now(), end: instant)
            sink.end(by: limit, with: receiver(for: options[index], Interruption()), clock: clock)
        }
    }

    /// When the first of a few places that are left has had its share of the time; those that need less leave theirs to
    /// the others.
    static func limit(_ placeCount: Int, now: Nanoseconds, end: Nanoseconds) -> Nanoseconds {
        end == .never || end <= now ? end : now + Nanoseconds((end - now).count / Int64(placeCount))
    }
}
