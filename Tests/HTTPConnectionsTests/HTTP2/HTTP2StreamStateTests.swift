import LinuxSystem
import Testing

@testable import HTTPConnections

/// Requests and answers overlap; each has its own time.
struct HTTP2StreamStateTests {
    private static let limits = HTTPLimits()

    private static func state(isLast: Bool = false, isStreamed: Bool = false) -> HTTP2StreamState {
        var state = HTTP2StreamState()
        state.headEnded(isLast: isLast, isStreamed: isStreamed, at: .zero, limits)
        return state
    }

    @Test func `a body has its grace, and time for what has arrived`() {
        var state = Self.state()
        #expect(state.timePassed(to: .seconds(9)) == .wait(until: .seconds(10)))
        #expect(state.timePassed(to: .seconds(10)) == .refuseSlowRequest)
        state.bodyGrew(to: 2 * Self.limits.bodyBytesPerSecond, Self.limits)
        #expect(state.timePassed(to: .seconds(11)) == .wait(until: .seconds(12)))
        state.requestEnded()
        #expect(state.timePassed(to: .seconds(100)) == .wait(until: .never))
    }

    @Test func `a body that was held up has its grace anew`() {
        var state = Self.state()
        state.bodyHeld(at: .seconds(8), Self.limits)
        #expect(state.timePassed(to: .seconds(17)) == .wait(until: .seconds(18)))
    }

    @Test func `what comes as it comes, and what has no body, may take its time`() {
        var streamed = Self.state(isStreamed: true)
        streamed.bodyGrew(to: 10, Self.limits)
        streamed.bodyHeld(at: .zero, Self.limits)
        #expect(streamed.timePassed(to: .seconds(10_000)) == .wait(until: .never))
        var short = Self.state(isLast: true)
        #expect(short.request == .whole && short.timePassed(to: .seconds(10_000)) == .wait(until: .never))
    }

    @Test func `an answer that is not taken is given up, and bytes that are taken earn time`() {
        var state = Self.state(isLast: true)
        state.handedOver()
        state.answerEnded()
        state.sending.stalled(at: .seconds(1), Self.limits)
        state.sending.stalled(at: .seconds(5), Self.limits)
        #expect(state.timePassed(to: .seconds(30)) == .wait(until: .seconds(31)))
        state.sending.progressed(byteCount: Self.limits.bodyBytesPerSecond, Self.limits)
        #expect(state.timePassed(to: .seconds(31)) == .wait(until: .seconds(32)))
        #expect(state.timePassed(to: .seconds(32)) == .reset)
        state.sending.caughtUp()
        state.sending.progressed(byteCount: 1, Self.limits)
        #expect(state.timePassed(to: .seconds(40)) == .wait(until: .never))
    }

    @Test func `a handler is told once that its time is over, and not behind its answer`() {
        var state = Self.state(isLast: true)
        state.handedOver()
        state.expires(at: .seconds(3))
        var answered = state
        #expect(state.timePassed(to: .seconds(2)) == .wait(until: .seconds(3)))
        #expect(state.timePassed(to: .seconds(3)) == .expire)
        #expect(state.timePassed(to: .seconds(4)) == .wait(until: .never))
        answered.answerEnded()
        #expect(answered.timePassed(to: .seconds(4)) == .wait(until: .never))
    }

    @Test func `only what a handler works on is lost to it`() {
        var fresh = HTTP2StreamState()
        let freshWasAwaited = fresh.closed()
        #expect(!freshWasAwaited && fresh.answer == .lost)
        var awaited = Self.state(isLast: true)
        awaited.handedOver()
        let wasAwaited = awaited.closed()
        let isStillAwaited = awaited.closed()
        #expect(wasAwaited && !isStillAwaited)
        var begun = Self.state(isStreamed: true)
        begun.handedOver()
        begun.answerBegan()
        let begunWasAwaited = begun.closed()
        #expect(begunWasAwaited)
        var answered = Self.state(isLast: true)
        answered.handedOver()
        answered.answerEnded()
        let answeredWasAwaited = answered.closed()
        #expect(!answeredWasAwaited && answered.answer == .whole)
    }
}
