/// How a server ends: the order of steps between the first signal and the exit.
///
/// Pure: it is told what happened and when, and names what to do. A first signal turns readiness false at once; the
/// listeners go on accepting for the drain delay, so that load balancers notice; then they close, and the process
/// ends when every loop has answered what it had accepted, or when the exit time-out is over. A second signal ends it
/// at once, unless it comes so soon that it repeats the first: supervisors signal a process and its group.
///
/// - Units: nanoseconds of the monotonic clock.
struct ServerLifecycle: Equatable {
    /// What to do about an event.
    enum Action: Equatable {
        case nothing
        /// Answer health checks with "not ready" from now on, and ask again at the given instant.
        case refuseReadiness(askAgainAt: UInt64)
        /// Close listeners, answer what is in flight, and ask again at the given instant.
        case closeListeners(askAgainAt: UInt64)
        case exit(Reason)
    }

    /// Why the process ends.
    enum Reason: Equatable {
        /// Everything accepted was answered.
        case drained
        /// The exit time-out ended before everything was answered.
        case timedOut(unfinishedLoopCount: Int)
        /// A second signal asked for an end at once.
        case signaledTwice

        var exitCode: Int32 {
            switch self {
            case .drained: 0
            case .timedOut, .signaledTwice: 1
            }
        }
    }

    private enum State: Equatable {
        case starting
        case serving
        case waitingForDelay(until: UInt64, exitBy: UInt64)
        case draining(unfinishedLoopCount: Int, exitBy: UInt64)
        case ended
    }

    private var state = State.starting
    private let loopCount: Int
    private let drainDelay: UInt64
    private let exitTimeout: UInt64
    private let repetition: UInt64
    private var firstSignal: UInt64 = 0

    /// Makes the lifecycle of a process that starts.
    ///
    /// - Parameter repetitionNanoseconds: for how long signals count as the first one's repetition.
    init(
        loopCount: Int, drainDelayNanoseconds: UInt64, exitTimeoutNanoseconds: UInt64,
        repetitionNanoseconds: UInt64 = 0
    ) {
        precondition(loopCount >= 0, "a number of loops is not negative")
        self.loopCount = loopCount
        drainDelay = drainDelayNanoseconds
        exitTimeout = exitTimeoutNanoseconds
        repetition = repetitionNanoseconds
    }

    /// What health checks say about the process.
    var phase: ServerState.Phase {
        switch state {
        case .starting: .starting
        case .serving: .serving
        case .waitingForDelay, .draining, .ended: .ending
        }
    }

    /// All threads run; nothing changes if the end has begun already.
    mutating func started() {
        if state == .starting { state = .serving }
    }

    mutating func signalReceived(at now: UInt64) -> Action {
        switch state {
        case .starting:
            state = .ended
            return .exit(.drained)
        case .serving:
            firstSignal = now
            let exitBy = now &+ drainDelay &+ exitTimeout
            guard drainDelay > 0 else { return beginDraining(exitBy: exitBy) }
            state = .waitingForDelay(until: now &+ drainDelay, exitBy: exitBy)
            return .refuseReadiness(askAgainAt: now &+ drainDelay)
        case .waitingForDelay, .draining:
            if now &- firstSignal < repetition { return .nothing }
            state = .ended
            return .exit(.signaledTwice)
        case .ended:
            return .nothing
        }
    }

    mutating func timePassed(to now: UInt64) -> Action {
        switch state {
        case .waitingForDelay(let until, let exitBy) where now >= until:
            return beginDraining(exitBy: exitBy)
        case .draining(let unfinished, let exitBy) where now >= exitBy:
            state = .ended
            return .exit(.timedOut(unfinishedLoopCount: unfinished))
        case .starting, .serving, .waitingForDelay, .draining, .ended:
            return .nothing
        }
    }

    mutating func loopDrained() -> Action {
        guard case .draining(let unfinished, let exitBy) = state else { return .nothing }
        guard unfinished > 1 else {
            state = .ended
            return .exit(.drained)
        }
        state = .draining(unfinishedLoopCount: unfinished - 1, exitBy: exitBy)
        return .nothing
    }

    private mutating func beginDraining(exitBy: UInt64) -> Action {
        guard loopCount > 0 else {
            // The inference port is off; nobody waits for an answer.
            state = .ended
            return .exit(.drained)
        }
        state = .draining(unfinishedLoopCount: loopCount, exitBy: exitBy)
        return .closeListeners(askAgainAt: exitBy)
    }
}
