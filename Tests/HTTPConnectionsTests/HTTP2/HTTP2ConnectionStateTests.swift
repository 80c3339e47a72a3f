import LinuxSystem
import Testing

@testable import HTTPConnections

/// What the passing of time demands of a connection in each phase.
struct HTTP2ConnectionStateTests {
    private static let limits = HTTPLimits()

    private static func state() -> HTTP2ConnectionState { HTTP2ConnectionState(acceptedAt: .zero, limits) }

    @Test func `a connection without streams is idle`() {
        var state = Self.state()
        #expect(state.timePassed(to: .seconds(74)) == .wait(until: .seconds(75)))
        #expect(state.timePassed(to: .seconds(75)) == .endIdle)
        state.streamOpened()
        state.streamOpened()
        #expect(state.timePassed(to: .seconds(1_000)) == .wait(until: .never))
        state.streamClosed(at: .seconds(1_000), Self.limits)
        #expect(state.timePassed(to: .seconds(2_000)) == .wait(until: .never))
        state.streamClosed(at: .seconds(2_000), Self.limits)
        #expect(state.timePassed(to: .seconds(2_074)) == .wait(until: .seconds(2_075)))
        state.peerWasHeard(at: .seconds(2_050), Self.limits)
        #expect(state.timePassed(to: .seconds(2_075)) == .wait(until: .seconds(2_125)))
    }

    @Test func `fields have the time of a head`() {
        var state = Self.state()
        state.headBegan(at: .seconds(1), Self.limits)
        #expect(state.timePassed(to: .seconds(10)) == .wait(until: .seconds(11)))
        #expect(state.timePassed(to: .seconds(11)) == .close)
        state.headEnded()
        #expect(state.timePassed(to: .seconds(11)) == .wait(until: .seconds(75)))
    }

    @Test func `what the peer does not take is given up, and bytes that it takes earn time`() {
        var state = Self.state()
        state.sending.stalled(at: .zero, Self.limits)
        state.sending.stalled(at: .seconds(9), Self.limits)
        #expect(state.timePassed(to: .seconds(29)) == .wait(until: .seconds(30)))
        state.sending.progressed(byteCount: 2 * Self.limits.bodyBytesPerSecond, Self.limits)
        #expect(state.timePassed(to: .seconds(32)) == .close)
        state.sending.caughtUp()
        #expect(state.timePassed(to: .seconds(32)) == .wait(until: .seconds(75)))
    }

    @Test func `an end is noticed first, then streams are refused, then those that are open are waited for`() {
        var state = Self.state()
        state.streamOpened()
        let isTold = state.drainBegan(at: .seconds(1))
        let isToldAgain = state.drainBegan(at: .seconds(1))
        #expect(isTold && !isToldAgain && state.takesRequests)
        #expect(state.timePassed(to: .seconds(1)) == .wait(until: .milliseconds(1_500)))
        #expect(state.timePassed(to: .milliseconds(1_500)) == .refuseStreams)
        state.endBegan()
        #expect(!state.takesRequests && !state.isDone)
        #expect(state.timePassed(to: .seconds(1_000)) == .wait(until: .never))
        state.streamClosed(at: .seconds(1_000), Self.limits)
        #expect(state.isDone)
        state.lingerBegan(at: .seconds(1_000), Self.limits)
        #expect(state.timePassed(to: .seconds(1_001)) == .wait(until: .seconds(1_002)))
        #expect(state.timePassed(to: .seconds(1_002)) == .close)
        state.closed()
        state.endBegan()
        #expect(state.phase == .closed && state.timePassed(to: .seconds(2_000)) == .wait(until: .never))
    }

    @Test func `a peer that has finished is waited for until it is answered`() {
        var state = Self.state()
        state.streamOpened()
        state.peerFinished()
        #expect(!state.isDone)
        state.streamClosed(at: .zero, Self.limits)
        #expect(state.isDone)
    }
}
