import Testing

@testable import InferenceServer

/// Every event in every state: what is done, and that nothing else is.
struct ServerLifecycleTests {
    private enum Event {
        case started, signal(UInt64), time(UInt64), drained
    }

    private static func run(_ events: [Event], delay: UInt64) -> [ServerLifecycle.Action] {
        var lifecycle = ServerLifecycle(loopCount: 2, drainDelayNanoseconds: delay, exitTimeoutNanoseconds: 100)
        return events.map { event in
            switch event {
            case .started:
                lifecycle.started()
                return .nothing
            case .signal(let now): return lifecycle.signalReceived(at: now)
            case .time(let now): return lifecycle.timePassed(to: now)
            case .drained: return lifecycle.loopDrained()
            }
        }
    }

    @Test func `a signal before the start ends the process`() {
        #expect(
            Self.run([.signal(5), .started, .signal(6), .time(900), .drained], delay: 0)
                == [.exit(.drained), .nothing, .nothing, .nothing, .nothing])
    }

    @Test func `without a drain delay listeners close at the signal and the last loop ends the process`() {
        #expect(
            Self.run([.started, .signal(10), .time(109), .drained, .drained, .drained], delay: 0)
                == [.nothing, .closeListeners(askAgainAt: 110), .nothing, .nothing, .exit(.drained), .nothing])
    }

    @Test func `a drain delay refuses readiness first`() {
        #expect(
            Self.run([.started, .signal(10), .time(29), .drained, .time(30), .drained, .drained], delay: 20)
                == [
                    .nothing, .refuseReadiness(askAgainAt: 30), .nothing, .nothing,
                    .closeListeners(askAgainAt: 130),
                    .nothing, .exit(.drained),
                ])
    }

    @Test func `the exit time-out names the loops that did not finish`() {
        #expect(
            Self.run([.started, .signal(10), .drained, .time(110), .time(111)], delay: 0)
                == [
                    .nothing, .closeListeners(askAgainAt: 110), .nothing,
                    .exit(.timedOut(unfinishedLoopCount: 1)),
                    .nothing,
                ])
    }

    @Test(arguments: [UInt64(0), 20]) func `a second signal ends at once`(delay: UInt64) {
        #expect(
            Self.run([.started, .signal(10), .signal(11), .signal(12)], delay: delay).suffix(2)
                == [.exit(.signaledTwice), .nothing])
    }

    @Test func `a signal that repeats the first at once counts for nothing`() {
        var lifecycle = ServerLifecycle(
            loopCount: 1, drainDelayNanoseconds: 0, exitTimeoutNanoseconds: 1_000, repetitionNanoseconds: 20)
        lifecycle.started()
        #expect(lifecycle.signalReceived(at: 10) == .closeListeners(askAgainAt: 1_010))
        #expect(lifecycle.signalReceived(at: 10) == .nothing)
        #expect(lifecycle.signalReceived(at: 29) == .nothing)
        #expect(lifecycle.signalReceived(at: 30) == .exit(.signaledTwice))
    }

    @Test func `without loops there is nothing to wait for`() {
        var lifecycle = ServerLifecycle(loopCount: 0, drainDelayNanoseconds: 0, exitTimeoutNanoseconds: 100)
        lifecycle.started()
        #expect(lifecycle.signalReceived(at: 1) == .exit(.drained))
    }

    @Test func `exit codes tell an orderly end from another`() {
        #expect(ServerLifecycle.Reason.drained.exitCode == 0)
        #expect(ServerLifecycle.Reason.timedOut(unfinishedLoopCount: 1).exitCode == 1)
        #expect(ServerLifecycle.Reason.signaledTwice.exitCode == 1)
    }

    @Test func `health checks learn whether the process starts, serves or ends`() {
        var lifecycle = ServerLifecycle(loopCount: 1, drainDelayNanoseconds: 5, exitTimeoutNanoseconds: 1)
        #expect(lifecycle.phase == .starting)
        lifecycle.started()
        #expect(lifecycle.phase == .serving)
        _ = lifecycle.signalReceived(at: 0)
        #expect(lifecycle.phase == .ending)
        lifecycle.started()
        _ = lifecycle.timePassed(to: 5)
        #expect(lifecycle.phase == .ending)
        _ = lifecycle.loopDrained()
        #expect(lifecycle.phase == .ending)
    }
}
