import EventLoops
import LinuxSystem

/// Leads the server from its start to its end, and serves the metrics port, so that a scrape never stops a loop that
/// answers inference.
///
/// The order of steps is `ServerLifecycle`'s; this type carries them out.
///
/// - Isolation: the control thread.
final class ControlLoop: TimerHandler {
    private var lifecycle: ServerLifecycle
    private let state: ServerState
    private let loops: [Mailbox<LoopOrder>]
    private let loop: EventLoop
    private let drift: DriftMonitor
    /// Nil where no port speaks TLS.
    var certificates: CertificateKeeper?

    /// How long handshakes that have begun may take to complete before a listener closes.
    private static let handshakeTime = Nanoseconds.milliseconds(20)

    /// Closes the listeners when the handshakes under way are over.
    private final class Closing: TimerHandler {
        let loops: [Mailbox<LoopOrder>]

        init(_ loops: [Mailbox<LoopOrder>]) { self.loops = loops }

        func timerFired(on loop: EventLoop) {
            for mailbox in loops { mailbox.send(.drain) }
        }
    }

    init(
        lifecycle: ServerLifecycle, state: ServerState, loops: [Mailbox<LoopOrder>], drift: DriftMonitor,
        on loop: EventLoop
    ) {
        self.lifecycle = lifecycle
        self.state = state
        self.drift = drift
        self.loops = loops
        self.loop = loop
    }

    func begin() {
        lifecycle.started()
        state.enter(lifecycle.phase)
    }

    func receive(_ order: ControlOrder) {
        switch order {
        case .signalReceived: perform(lifecycle.signalReceived(at: UInt64(loop.now.count)))
        case .loopDrained: perform(lifecycle.loopDrained())
        case .driftCountsLeft: drift.countsLeft()
        case .drift(let call): drift.asked(call)
        case .reloadCertificates: certificates?.look(isAsked: true)
        }
    }

    func timerFired(on loop: EventLoop) {
        perform(lifecycle.timePassed(to: UInt64(loop.now.count)))
    }

    private func perform(_ action: ServerLifecycle.Action) {
        state.enter(lifecycle.phase)
        switch action {
        case .nothing:
            break
        case .refuseReadiness(let instant):
            state.log.write(.info, "ending: readiness is false, new connections are still accepted")
            askAgain(at: instant)
        case .closeListeners(let instant):
            state.log.write(.info, "ending: no new connections, requests in flight are answered")
            for mailbox in loops { mailbox.send(.refuseConnections) }
            _ = loop.arm(Closing(loops), at: loop.now + Self.handshakeTime)
            askAgain(at: instant)
        case .exit(let reason):
            exit(reason)
        }
    }

    private func askAgain(at instant: UInt64) {
        _ = loop.arm(self, at: Nanoseconds(Int64(instant)))
    }

    private func exit(_ reason: ServerLifecycle.Reason) {
        switch reason {
        case .drained:
            state.log.write(.info, "ended: every accepted request was answered")
        case .timedOut(let count):
            state.log.write(
                .error, "ended: --exit-timeout-secs is over with requests unanswered",
                .init("unfinished_loops", count))
        case .signaledTwice:
            state.log.write(.warning, "ended at once by a second signal")
        }
        state.decideExit(code: reason.exitCode)
        // The main thread waits for signals; this one tells it to look at the decision.
        SignalSet.hangUp.raise()
    }
}
