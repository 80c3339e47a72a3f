import LinuxSystem

/// How far a stream's request and its answer have come, and until when they may take.
///
/// Pure: events come with the instant at which they happened. The two sides overlap: an answer may begin, and even
/// end, before the request has arrived whole.
///
/// - Source: RFC 9113 sections 5.1 and 8.1.
struct HTTP2StreamState: Equatable {
    /// What has arrived of the request.
    enum Request: Equatable {
        case head
        case body
        case whole
    }

    /// What has become of the answer.
    enum Answer: Equatable {
        /// The handler has not been asked yet.
        case none
        /// The handler has the request.
        case awaited
        /// The head is out, and more of the body will come.
        case begun
        /// Everything has been handed over for sending.
        case whole
        /// Nobody waits for it any more.
        case lost
    }

    /// What the passing of time demands.
    enum TimeoutAction: Equatable {
        /// Ask again at the given instant; `never` while nothing is limited.
        case wait(until: Nanoseconds)
        /// Say that the request took too long.
        case refuseSlowRequest
        /// The client takes nothing of its answer.
        case reset
        /// Tell the handler that the time it has set is over.
        case expire
    }

    private(set) var request = Request.head
    private(set) var answer = Answer.none
    /// Whether the handler takes the body as it comes.
    private(set) var isStreamed = false
    private var bodyStart = Nanoseconds.zero
    private var bodyDeadline = Nanoseconds.never
    var sending = SendDeadline()
    private var expiry = Nanoseconds.never

    /// The head is complete.
    ///
    /// - Parameter isLast: there is no body.
    /// - Parameter isStreamed: the body goes to the handler as it comes; how fast it comes is then their affair.
    mutating func headEnded(isLast: Bool, isStreamed: Bool, at now: Nanoseconds, _ limits: HTTPLimits) {
        precondition(request == .head, "a head ends once")
        self.isStreamed = isStreamed
        request = isLast ? .whole : .body
        guard !isLast, !isStreamed else { return }
        bodyStart = now
        bodyDeadline = now + Nanoseconds(Int64(limits.bodyNanoseconds(byteCount: 0)))
    }

    /// More of the body is there: the bytes received so far have earned their time.
    mutating func bodyGrew(to byteCount: Int, _ limits: HTTPLimits) {
        precondition(request == .body, "a body grows while it is read")
        guard !isStreamed else { return }
        bodyDeadline = bodyStart + Nanoseconds(Int64(limits.bodyNanoseconds(byteCount: byteCount)))
    }

    /// The server gives no leave to send more of the body: that takes nothing of its time.
    mutating func bodyHeld(at now: Nanoseconds, _ limits: HTTPLimits) {
        guard bodyDeadline != .never else { return }
        bodyStart = now
        bodyDeadline = now + Nanoseconds(Int64(limits.bodyNanoseconds(byteCount: 0)))
    }

    /// The request is complete, or what is missing of it is wanted no more.
    mutating func requestEnded() {
        request = .whole
        bodyDeadline = .never
    }

    /// The handler has the request, or its beginning.
    mutating func handedOver() {
        precondition(answer == .none, "a request is handed over once")
        answer = .awaited
    }

    /// The answer's head was handed over, and its body will follow in parts.
    mutating func answerBegan() {
        precondition(answer == .awaited, "an answer follows a request")
        answer = .begun
    }

    /// Everything was handed over.
    mutating func answerEnded() {
        precondition(answer == .none || answer == .awaited || answer == .begun, "a request is answered once")
        answer = .whole
        expiry = .never
    }

    /// The handler wants to be told at an instant, if the request is not answered by then.
    mutating func expires(at instant: Nanoseconds) {
        expiry = instant
    }

    /// The stream is over.
    ///
    /// - Returns: whether the handler waits to answer it, which is in vain now.
    mutating func closed() -> Bool {
        let isAwaited = answer == .awaited || answer == .begun
        if answer != .whole { answer = .lost }
        bodyDeadline = .never
        sending.caughtUp()
        expiry = .never
        return isAwaited
    }

    /// What the passing of time demands.
    mutating func timePassed(to now: Nanoseconds) -> TimeoutAction {
        if now >= sending.instant { return .reset }
        if now >= bodyDeadline { return .refuseSlowRequest }
        if now >= expiry {
            expiry = .never
            return .expire
        }
        return .wait(until: min(min(sending.instant, bodyDeadline), expiry))
    }
}
