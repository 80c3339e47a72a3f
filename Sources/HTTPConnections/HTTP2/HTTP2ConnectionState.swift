import LinuxSystem

/// Where a connection of HTTP/2 stands between its beginning and its end, and until when it may stand there.
///
/// Pure: events come with the instant at which they happened. What single streams are given time for stands in
/// `HTTP2StreamState`.
///
/// - Source: RFC 9113 sections 5.4.1, 6.8 and 9.1.
struct HTTP2ConnectionState: Equatable {
    /// What a connection is doing.
    enum Phase: Equatable {
        case open
        /// The server is ending and has said so; requests that are under way are still taken.
        case noticed
        /// The last GOAWAY is out; streams that are open are answered.
        case ending
        /// Everything is out, the peer's remaining bytes are read and dropped.
        case lingering
        case closed
    }

    /// What to do when time has passed.
    enum TimeoutAction: Equatable {
        /// Ask again at the given instant; `never` while nothing is limited.
        case wait(until: Nanoseconds)
        /// Take no further streams.
        case refuseStreams
        /// Nothing was asked for a long time: say good-bye.
        case endIdle
        /// Give up.
        case close
    }

    private(set) var phase = Phase.open
    /// The peer will send nothing more.
    private(set) var peerHasFinished = false
    private var openStreamCount = 0
    /// Since when nothing has been asked for; `never` while something is.
    private var idleDeadline: Nanoseconds
    /// When the field block that is arriving must be complete.
    private var headDeadline = Nanoseconds.never
    private var phaseDeadline = Nanoseconds.never
    var sending = SendDeadline()

    init(acceptedAt now: Nanoseconds, _ limits: HTTPLimits) {
        idleDeadline = now + Nanoseconds(Int64(limits.idleNanoseconds))
    }

    /// Whether requests that arrive are worked on.
    var takesRequests: Bool { phase == .open || phase == .noticed }

    /// Whether everything was said that is to be said.
    var isDone: Bool { (phase == .ending || peerHasFinished) && openStreamCount == 0 }

    /// A field block has begun; it must be complete in the time that a head has.
    mutating func headBegan(at now: Nanoseconds, _ limits: HTTPLimits) {
        headDeadline = now + Nanoseconds(Int64(limits.headNanoseconds))
    }

    /// The field block is complete, or was given up.
    mutating func headEnded() {
        headDeadline = .never
    }

    /// A stream was opened.
    mutating func streamOpened() {
        openStreamCount += 1
        idleDeadline = .never
    }

    /// A stream is over.
    mutating func streamClosed(at now: Nanoseconds, _ limits: HTTPLimits) {
        openStreamCount -= 1
        precondition(openStreamCount >= 0, "more streams closed than opened")
        if openStreamCount == 0 { idleDeadline = now + Nanoseconds(Int64(limits.idleNanoseconds)) }
    }

    /// The peer has shown that it is there, without asking for anything.
    mutating func peerWasHeard(at now: Nanoseconds, _ limits: HTTPLimits) {
        if openStreamCount == 0 { idleDeadline = now + Nanoseconds(Int64(limits.idleNanoseconds)) }
    }

    /// The server is ending: requests that may be under way are given a moment to arrive.
    ///
    /// - Returns: whether the peer is to be told now.
    mutating func drainBegan(at now: Nanoseconds) -> Bool {
        guard phase == .open else { return false }
        phase = .noticed
        phaseDeadline = now + HTTP1ConnectionState.drainGrace
        return true
    }

    /// The last GOAWAY was written.
    mutating func endBegan() {
        guard phase == .open || phase == .noticed else { return }
        phase = .ending
        phaseDeadline = .never
    }

    /// The peer has ended its side.
    mutating func peerFinished() {
        peerHasFinished = true
    }

    /// Everything is out: read and drop what the peer still sends, so that a reset does not destroy the end.
    mutating func lingerBegan(at now: Nanoseconds, _ limits: HTTPLimits) {
        phase = .lingering
        sending.caughtUp()
        phaseDeadline = now + Nanoseconds(Int64(limits.lingerNanoseconds))
    }

    mutating func closed() {
        phase = .closed
    }

    /// What the passing of time demands.
    func timePassed(to now: Nanoseconds) -> TimeoutAction {
        switch phase {
        case .closed: return .wait(until: .never)
        case .lingering: return now >= phaseDeadline ? .close : .wait(until: phaseDeadline)
        case .open, .noticed, .ending: break
        }
        if now >= sending.instant || now >= headDeadline { return .close }
        if phase == .noticed, now >= phaseDeadline { return .refuseStreams }
        if phase != .ending, now >= idleDeadline { return .endIdle }
        return .wait(until: min(min(sending.instant, headDeadline), min(phaseDeadline, idleDeadline)))
    }
}
