import DynamicBatching
import EventLoops
import LinuxSystem
import ModelRepository

/// The shared queues of all loops as one loop sees them: those at home here, and the way to the others.
///
/// A model with a shared queue has it on one loop, its home. A request that another loop has read comes by that loop's
/// message and goes back by one. What this loop has read for its own queues waits for the end of the tick, as its other
/// batches do.
///
/// - Isolation: the loop's thread.
/// - Complexity: a tick without queued requests costs two comparisons; a request allocates nothing once the buffers
///   have grown to the load.
final class HomeQueues: TimerHandler {
    private let index: Int
    private let mailboxes: [Mailbox<QueueMessage>]
    private let loop: EventLoop
    private let clock: any MonotonicClock
    /// Told of requests that this loop has read, when they have come back.
    private var finished: ((QueuedInference) -> Void)?

    private var queues: [ObjectIdentifier: SharedQueue] = [:]
    private var served: Set<ObjectIdentifier> = []
    /// Queues in which somebody waits.
    private var active: [SharedQueue] = []
    /// Messages from this loop to itself.
    private var own: [QueueMessage] = []
    private var timer: TimerToken?
    private var timerInstant = Nanoseconds.never

    /// Says who looks at the rows of a model.
    var observer: (ServedModel) -> (any EvaluationObserver)? = { _ in nil }

    /// Makes the queues of a loop.
    ///
    /// - Parameter mailboxes: those of all loops by their numbers.
    init(_ index: Int, of mailboxes: [Mailbox<QueueMessage>], on loop: EventLoop, clock: any MonotonicClock) {
        self.index = index
        self.mailboxes = mailboxes
        self.loop = loop
        self.clock = clock
        own.reserveCapacity(1_024)
    }

    /// Reads the messages of this and the other loops, until the loop ends.
    ///
    /// - Parameter finished: told of requests that this loop has read, when they have come back.
    /// - Precondition: called once.
    func readMessages(_ finished: @escaping (QueuedInference) -> Void) throws(SystemError) {
        self.finished = finished
        try loop.attach(mailboxes[index]) { [unowned self] message, _ in receive(message) }
    }

    /// Sends a request to its queue.
    func arrived(_ inference: QueuedInference) { send(.arrived(inference), to: inference.homeLoop) }

    /// Sends word that nobody waits for a request any more; it comes back all the same.
    func cancelled(_ inference: QueuedInference) { send(.cancelled(inference), to: inference.homeLoop) }

    /// Forgets queues whose models are no longer served, when the last of their requests has left.
    func adopt(_ table: ServingTable) {
        served = Set(table.slots.compactMap { $0.map { ObjectIdentifier($0) } })
        queues = queues.filter { served.contains($0.key) || $0.value.isListed }
    }

    /// Takes what this loop has sent to itself, and runs the batches that are due.
    func tickEnded() -> TickContinuation {
        takeOwn()
        guard !active.isEmpty else { return own.isEmpty ? .wait : .continueAtOnce }
        let now = clock.now()
        for queue in active where queue.nextLook <= now {
            queue.look(clock: clock) { member in
                guard let inference = member as? QueuedInference else {
                    preconditionFailure("queues hold requests of this server")
                }
                giveBack(inference)
            }
        }
        takeOwn()
        let next = forgetEmpty()
        if next == .zero || !own.isEmpty { return .continueAtOnce }
        arm(at: next)
        return .wait
    }

    /// Takes queues off the list in which nobody waits any more.
    ///
    /// - Returns: when one of the others is to be looked at.
    private func forgetEmpty() -> Nanoseconds {
        var next = Nanoseconds.never
        active.removeAll { queue in
            guard queue.isEmpty else {
                next = min(next, queue.nextLook)
                return false
            }
            queue.isListed = false
            let key = ObjectIdentifier(queue.model)
            if !served.contains(key) { queues[key] = nil }
            return true
        }
        return next
    }

    func timerFired(on loop: EventLoop) {
        timer = nil
        timerInstant = .never
    }

    // MARK: Messages

    private func send(_ message: QueueMessage, to other: Int) {
        if other == index { own.append(message) } else { mailboxes[other].send(message) }
    }

    /// Whoever is answered may send its next request at once; that one waits until others of this loop had their turn.
    private func takeOwn() {
        let count = own.count
        for index in 0..<count { receive(own[index]) }
        own.removeFirst(count)
    }

    private func receive(_ message: QueueMessage) {
        switch message {
        case .arrived(let inference): enqueue(inference)
        case .cancelled(let inference): cancel(inference)
        case .finished(let inference):
            guard let finished else { preconditionFailure("a message was read before somebody reads them") }
            finished(inference)
        }
    }

    private func enqueue(_ inference: QueuedInference) {
        let queue = queue(of: inference.model)
        switch queue.arrived(inference) {
        case .wait(let ticket):
            inference.ticket = ticket
            if !queue.isListed { active.append(queue) }
            queue.isListed = true
        case .refuse:
            inference.left(.queueWasFull)
            giveBack(inference)
        }
    }

    private func cancel(_ inference: QueuedInference) {
        // A request that has left is on its way back, if not there already.
        guard let ticket = inference.ticket, queue(of: inference.model).cancelled(ticket) else { return }
        inference.left(.cancelled)
        giveBack(inference)
    }

    private func giveBack(_ inference: QueuedInference) {
        send(.finished(inference), to: inference.originLoop)
    }

    private func queue(of model: ServedModel) -> SharedQueue {
        if let queue = queues[ObjectIdentifier(model)] { return queue }
        guard let policy = BatchPolicy.ofSharedQueue(for: model.configuration) else {
            preconditionFailure("a model without a shared queue was queued for")
        }
        let queue = SharedQueue(of: model, policy)
        queue.observer = observer(model)
        queues[ObjectIdentifier(model)] = queue
        return queue
    }

    // MARK: Time

    /// Only an instant that comes sooner than the timer moves it.
    private func arm(at instant: Nanoseconds) {
        guard instant < timerInstant else { return }
        if let timer { loop.cancel(timer) }
        timer = loop.arm(self, at: instant)
        timerInstant = instant
    }
}
