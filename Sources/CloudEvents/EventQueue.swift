import LinuxSystem

/// Decides which events wait for a place, which one is brought there next, and when.
///
/// Pure: it is told what happened and when. Events are brought in the order in which they came; one that cannot be
/// brought waits at the front, because whoever takes events wants them in order.
///
/// - Isolation: a value.
struct EventQueue {
    /// What became of an attempt.
    enum Outcome: Equatable {
        case delivered
        /// Not now.
        ///
        /// - Parameter after: how long the receiver asks to be left alone.
        case failed(after: Nanoseconds?, reason: String)
        /// Never.
        case refused(reason: String)
    }

    /// What an event that arrives meets.
    enum ArrivalAction: Equatable {
        case wait
        /// There is no room.
        case refuse
    }

    /// What follows an attempt.
    enum EndAction: Equatable {
        case forget
        case wait
        /// The event goes where those end that nobody took.
        case bury(reason: String)
    }

    private let capacity: Int
    private let attemptLimit: Int
    private var waiting: [CloudEvent] = []
    private var attempts = 0
    /// When the front may be brought somewhere.
    private(set) var due = Nanoseconds.never

    /// Before the second attempt; doubled for each one after it.
    private static let firstPause = Nanoseconds.seconds(1)

    init(capacity: Int, attempts: Int) {
        self.capacity = capacity
        attemptLimit = attempts
    }

    var count: Int { waiting.count }

    /// An event arrived.
    mutating func arrived(_ event: CloudEvent, at now: Nanoseconds) -> ArrivalAction {
        guard waiting.count < capacity else { return .refuse }
        if waiting.isEmpty { due = now }
        waiting.append(event)
        return .wait
    }

    /// The event to be brought now; nil if none is due.
    ///
    /// - Parameter isEnding: whether every event is due.
    func next(at now: Nanoseconds, isEnding: Bool = false) -> CloudEvent? {
        now >= due || isEnding ? waiting.first : nil
    }

    /// An attempt with the front ended.
    ///
    /// - Parameter jitter: 0…1, by which servers that failed together come back apart.
    mutating func ended(_ outcome: Outcome, at now: Nanoseconds, jitter: Double) -> EndAction {
        precondition(!waiting.isEmpty, "an attempt is made with the front")
        switch outcome {
        case .delivered:
            leave(at: now)
            return .forget
        case .refused(let reason):
            leave(at: now)
            return .bury(reason: reason)
        case .failed(let wish, let reason):
            attempts += 1
            guard attempts < attemptLimit else {
                leave(at: now)
                return .bury(reason: "given up after \(attemptLimit) attempts: \(reason)")
            }
            due = now + pause(wish, jitter)
            return .wait
        }
    }

    /// Takes the front away without an attempt.
    mutating func takeFront(at now: Nanoseconds) -> CloudEvent? {
        guard let front = waiting.first else { return nil }
        leave(at: now)
        return front
    }

    private mutating func leave(at now: Nanoseconds) {
        waiting.removeFirst()
        attempts = 0
        due = waiting.isEmpty ? .never : now
    }

    /// Doubles from attempt to attempt, less up to half of it by chance; the receiver's own wish counts if it is
    /// longer.
    private func pause(_ wish: Nanoseconds?, _ jitter: Double) -> Nanoseconds {
        let longest = CloudEventsLimits.pause
        let whole = min(Self.firstPause.count << Int64(min(attempts - 1, 10)), longest.count)
        return min(max(Nanoseconds(whole - Int64(Double(whole) * 0.5 * jitter)), wish ?? .zero), longest)
    }
}
