import LinuxSystem

/// Where a connection stands between its requests, and until when it may stand there.
///
/// Pure: events come with the instant at which they happened. A connection works on one request at a time; bytes
/// behind it wait. Sending overlaps with the other phases and has a deadline of its own.
///
/// - Source: RFC 9112 sections 9.3 to 9.6.
struct HTTP1ConnectionState: Equatable {
    /// What a connection is doing.
    enum Phase: Equatable {
        /// Between two requests; nothing of the next one has arrived.
        case idle
        /// A part of a head has arrived.
        case head
        /// The head is complete and the body is not.
        case body
        /// A whole request is with the handler.
        case working
        /// The last answer is out, the peer's remaining bytes are read and dropped.
        case lingering
        case closed
    }

    /// What to do when time has passed.
    enum TimeoutAction: Equatable {
        /// Ask again at the given instant; `never` while nothing is limited.
        case wait(until: Nanoseconds)
        case close
        /// Say that the request took too long, then close.
        case refuseSlowRequest
    }

    /// What to do after an answer has been handed over.
    enum AnsweredAction: Equatable {
        case readNext
        case close
    }

    /// How long after its last answer a connection is still waited for when the server ends.
    static let drainGrace = Nanoseconds.milliseconds(500)

    private(set) var phase = Phase.idle
    /// The connection ends with the answer to the request in work.
    private(set) var endsAfterAnswer = false
    /// The peer will send nothing more.
    private(set) var peerHasFinished = false
    private var deadline: Nanoseconds
    var sending = SendDeadline()
    private var bodyStart = Nanoseconds.zero
    /// When the last answer was handed over, or the connection accepted.
    private(set) var idleSince: Nanoseconds

    init(acceptedAt now: Nanoseconds, _ limits: HTTPLimits) {
        idleSince = now
        deadline = now + Nanoseconds(Int64(limits.idleNanoseconds))
    }

    /// Whether bytes that arrive now belong to a request that is being read.
    var isReading: Bool {
        switch phase {
        case .idle, .head, .body: true
        case .working, .lingering, .closed: false
        }
    }

    /// A part of a head is there; its time counts from the first part.
    mutating func headBegan(at now: Nanoseconds, _ limits: HTTPLimits) {
        guard phase == .idle else { return }
        phase = .head
        deadline = now + Nanoseconds(Int64(limits.headNanoseconds))
    }

    /// The head is complete, the body is not.
    mutating func bodyBegan(at now: Nanoseconds, _ limits: HTTPLimits) {
        precondition(phase == .idle || phase == .head, "a body follows a head")
        phase = .body
        bodyStart = now
        deadline = now + Nanoseconds(Int64(limits.bodyNanoseconds(byteCount: 0)))
    }

    /// More of the body is there: the bytes received so far have earned their time.
    mutating func bodyGrew(to byteCount: Int, _ limits: HTTPLimits) {
        precondition(phase == .body, "a body grows while it is read")
        deadline = bodyStart + Nanoseconds(Int64(limits.bodyNanoseconds(byteCount: byteCount)))
    }

    /// A whole request goes to the handler.
    mutating func requestCompleted(keepsAlive: Bool) {
        precondition(isReading, "one request is worked on at a time")
        phase = .working
        deadline = .never
        if !keepsAlive { endsAfterAnswer = true }
    }

    /// The answer has been handed over for sending.
    mutating func answered(at now: Nanoseconds, _ limits: HTTPLimits) -> AnsweredAction {
        precondition(phase == .working, "an answer follows a request")
        if endsAfterAnswer {
            return .close
        }
        phase = .idle
        idleSince = now
        deadline = now + Nanoseconds(Int64(limits.idleNanoseconds))
        return .readNext
    }

    /// The framing is lost or the request took too long: an answer goes out, then the connection ends.
    mutating func requestRefused() {
        precondition(isReading, "a request is refused while it is read")
        phase = .working
        deadline = .never
        endsAfterAnswer = true
    }

    /// The server is ending: a connection between two requests is waited for no longer than `drainGrace`.
    ///
    /// A connection that was busy a moment ago may have its next request on the way; it gets `drainGrace` to deliver
    /// it, so that no request that was sent whole meets a closed door.
    ///
    /// - Returns: true if the connection is to be closed now.
    mutating func drainBegan(at now: Nanoseconds) -> Bool {
        guard phase == .idle else { return false }
        deadline = min(deadline, idleSince + Self.drainGrace)
        return now >= deadline
    }

    /// The answer that is being written is the last one of the connection, and says so.
    mutating func lastAnswerBegan() {
        precondition(phase == .working, "an answer follows a request")
        endsAfterAnswer = true
    }

    /// What has arrived is still answered.
    mutating func peerFinished() {
        peerHasFinished = true
    }

    /// The last answer is out: read and drop what the peer still sends, so that a reset does not destroy the answer.
    mutating func lingerBegan(at now: Nanoseconds, _ limits: HTTPLimits) {
        phase = .lingering
        sending.caughtUp()
        deadline = now + Nanoseconds(Int64(limits.lingerNanoseconds))
    }

    mutating func closed() {
        phase = .closed
        deadline = .never
        sending.caughtUp()
    }

    /// What the passing of time demands.
    func timePassed(to now: Nanoseconds) -> TimeoutAction {
        if now >= sending.instant { return .close }
        guard now >= deadline else { return .wait(until: min(deadline, sending.instant)) }
        switch phase {
        case .idle, .lingering, .closed, .working: return .close
        case .head, .body: return .refuseSlowRequest
        }
    }
}
