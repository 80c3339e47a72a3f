import LinuxSystem
import Testing

@testable import HTTPConnections

/// Phases and deadlines of a connection as timelines: no clock runs.
struct HTTP1ConnectionStateTests {
    private static let second = Int64(1_000_000_000)

    private static var limits: HTTPLimits {
        var limits = HTTPLimits()
        limits.idleNanoseconds = 75_000_000_000
        limits.headNanoseconds = 10_000_000_000
        limits.bodyGraceNanoseconds = 10_000_000_000
        limits.bodyBytesPerSecond = 1_000
        limits.writeNanoseconds = 30_000_000_000
        limits.lingerNanoseconds = 2_000_000_000
        return limits
    }

    private static func at(_ seconds: Double) -> Nanoseconds { Nanoseconds(Int64(seconds * 1e9)) }

    private func accepted() -> HTTP1ConnectionState {
        HTTP1ConnectionState(acceptedAt: Self.at(0), Self.limits)
    }

    @Test func `an idle connection is closed after the idle time and not before`() {
        let state = accepted()
        #expect(state.timePassed(to: Self.at(74.9)) == .wait(until: Self.at(75)))
        #expect(state.timePassed(to: Self.at(75)) == .close)
    }

    @Test func `a head that trickles in is refused, however often a byte comes`() {
        var state = accepted()
        for second in 1...9 {
            state.headBegan(at: Self.at(Double(second)), Self.limits)
            #expect(state.timePassed(to: Self.at(Double(second))) == .wait(until: Self.at(11)))
        }
        #expect(state.timePassed(to: Self.at(11)) == .refuseSlowRequest)
    }

    @Test func `bytes of a body earn time at the least rate`() {
        var state = accepted()
        state.bodyBegan(at: Self.at(1), Self.limits)
        #expect(state.timePassed(to: Self.at(10.9)) == .wait(until: Self.at(11)))
        state.bodyGrew(to: 5_000, Self.limits)
        #expect(state.timePassed(to: Self.at(15.9)) == .wait(until: Self.at(16)))
        // A byte a second earns nothing.
        state.bodyGrew(to: 5_010, Self.limits)
        #expect(state.timePassed(to: Self.at(16)) == .refuseSlowRequest)
    }

    @Test func `a request in work has no deadline`() {
        var state = accepted()
        state.requestCompleted(keepsAlive: true)
        #expect(state.timePassed(to: Self.at(100_000)) == .wait(until: .never))
    }

    @Test func `an answer returns the connection to the idle state with a new deadline`() {
        var state = accepted()
        state.requestCompleted(keepsAlive: true)
        #expect(state.answered(at: Self.at(50), Self.limits) == .readNext)
        #expect(state.phase == .idle)
        #expect(state.timePassed(to: Self.at(100)) == .wait(until: Self.at(125)))
    }

    @Test func `a client that asks for it is let go after its answer`() {
        var state = accepted()
        state.requestCompleted(keepsAlive: false)
        #expect(state.answered(at: Self.at(1), Self.limits) == .close)
    }

    @Test func `a refused request ends the connection`() {
        var state = accepted()
        state.headBegan(at: Self.at(1), Self.limits)
        state.requestRefused()
        #expect(state.answered(at: Self.at(1), Self.limits) == .close)
    }

    @Test func `a client that takes nothing is cut, one that takes something earns time`() {
        var state = accepted()
        state.requestCompleted(keepsAlive: true)
        _ = state.answered(at: Self.at(1), Self.limits)
        state.sending.stalled(at: Self.at(1), Self.limits)
        #expect(state.timePassed(to: Self.at(30.9)) == .wait(until: Self.at(31)))
        state.sending.progressed(byteCount: 19_000, Self.limits)
        state.sending.stalled(at: Self.at(20), Self.limits)
        #expect(state.timePassed(to: Self.at(31)) == .wait(until: Self.at(50)))
        // A byte now and then earns nothing.
        state.sending.progressed(byteCount: 1, Self.limits)
        #expect(state.timePassed(to: Self.at(50.1)) == .close)
        state.sending.caughtUp()
        #expect(state.timePassed(to: Self.at(50)) == .wait(until: Self.at(76)))
    }

    @Test func `a lingering connection is read for a short time only`() {
        var state = accepted()
        state.lingerBegan(at: Self.at(3), Self.limits)
        #expect(state.timePassed(to: Self.at(4.9)) == .wait(until: Self.at(5)))
        #expect(state.timePassed(to: Self.at(5)) == .close)
    }

    @Test func `draining closes what has long been idle at once`() {
        var state = accepted()
        let isClosed = state.drainBegan(at: Self.at(10))
        #expect(isClosed)
    }

    @Test func `draining gives a connection that was just busy the time for one more request`() {
        var state = accepted()
        state.requestCompleted(keepsAlive: true)
        _ = state.answered(at: Self.at(10), Self.limits)
        let isClosed = state.drainBegan(at: Self.at(10.2))
        #expect(!isClosed)
        #expect(state.timePassed(to: Self.at(10.4)) == .wait(until: Self.at(10.5)))
        #expect(state.timePassed(to: Self.at(10.5)) == .close)
        state.requestCompleted(keepsAlive: true)
        state.lastAnswerBegan()
        #expect(state.answered(at: Self.at(10.45), Self.limits) == .close)
    }

    @Test func `draining lets a request in work finish and ends with its answer`() {
        var state = accepted()
        state.requestCompleted(keepsAlive: true)
        let isClosed = state.drainBegan(at: Self.at(100))
        #expect(!isClosed)
        state.lastAnswerBegan()
        #expect(state.answered(at: Self.at(101), Self.limits) == .close)
    }

    @Test func `bytes count as part of a request only while one is read`() {
        var state = accepted()
        #expect(state.isReading)
        state.headBegan(at: Self.at(0), Self.limits)
        #expect(state.isReading)
        state.bodyBegan(at: Self.at(0), Self.limits)
        #expect(state.isReading)
        state.requestCompleted(keepsAlive: true)
        #expect(!state.isReading)
        state.lingerBegan(at: Self.at(0), Self.limits)
        #expect(!state.isReading)
        state.closed()
        #expect(!state.isReading)
    }
}
