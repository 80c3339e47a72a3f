import LinuxSystem

/// One place with the events that wait for it.
///
/// - Isolation: the side thread.
final class EventSink {
    private let options: EventSinkOptions
    private var queue: EventQueue
    private var receiver: any EventReceiver
    private let deadLetters: DeadLetters
    private let figures: EventFigures
    private let report: (EventReport) -> Void
    private let jitter: () -> Double
    private var isInTrouble = false

    init(
        _ options: EventSinkOptions, receiver: any EventReceiver, deadLetters: DeadLetters, figures: EventFigures,
        report: @escaping (EventReport) -> Void, jitter: @escaping () -> Double
    ) {
        self.options = options
        self.receiver = receiver
        self.deadLetters = deadLetters
        self.figures = figures
        self.report = report
        self.jitter = jitter
        queue = EventQueue(capacity: options.queueCapacity, attempts: options.attempts)
    }

    /// When there is something to do.
    var due: Nanoseconds { queue.due }

    /// An event arrived.
    func take(_ event: CloudEvent, at now: Nanoseconds) {
        guard options.types.isEmpty || options.types.contains(event.type) else { return }
        if queue.arrived(event, at: now) == .refuse { bury(event, reason: "the queue is full") }
    }

    /// Brings what is due, for the time of a turn: at least one event, and of a slow place no more, so that others wait
    /// for no more than that.
    ///
    /// - Parameter isInterrupted: whether nothing is to be begun any more.
    func deliver(clock: any MonotonicClock, isInterrupted: () -> Bool) {
        let end = clock.now() + CloudEventsLimits.turn
        for turn in 0..<queue.count {
            guard turn == 0 || clock.now() < end else { return }
            guard !isInterrupted(), let event = queue.next(at: clock.now()) else { return }
            let outcome = receiver.deliver(event, within: .never)
            // Who was interrupted has not failed: the last attempt is made by another receiver.
            if isInterrupted(), outcome != .delivered { return }
            note(outcome, of: event, at: clock.now())
        }
    }

    /// Makes one attempt for each event that waits, and gives up those that are left.
    func end(by instant: Nanoseconds, with last: any EventReceiver, clock: any MonotonicClock) {
        receiver = last
        while let event = queue.next(at: clock.now(), isEnding: true) {
            let left = instant - clock.now()
            let outcome =
                left > .zero ? receiver.deliver(event, within: left) : .failed(after: nil, reason: "no time is left")
            guard case .failed(_, let reason) = outcome else {
                note(outcome, of: event, at: clock.now())
                continue
            }
            // What is left would meet the same.
            while let rest = queue.takeFront(at: clock.now()) {
                bury(rest, reason: "the server ended: \(reason)")
            }
        }
    }

    private func note(_ outcome: EventQueue.Outcome, of event: CloudEvent, at now: Nanoseconds) {
        switch queue.ended(outcome, at: now, jitter: jitter()) {
        case .forget:
            figures.wasDelivered()
            if isInTrouble { report(.deliveryWorks(sink: options.name, target: options.shownTarget)) }
            isInTrouble = false
        case .wait:
            figures.failed()
            guard !isInTrouble, case .failed(_, let reason) = outcome else { return }
            isInTrouble = true
            report(.deliveryFailed(sink: options.name, target: options.shownTarget, reason: reason))
        case .bury(let reason): bury(event, reason: reason)
        }
    }

    private func bury(_ event: CloudEvent, reason: String) {
        let isKept = deadLetters.bury(event, sink: options.name, reason: reason)
        figures.ended(isKept: isKept)
        report(.buried(sink: options.name, id: event.id, reason: reason, isKept: isKept))
    }
}
