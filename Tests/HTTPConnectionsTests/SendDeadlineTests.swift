import LinuxSystem
import Testing

@testable import HTTPConnections

struct SendDeadlineTests {
    private static var limits: HTTPLimits {
        var limits = HTTPLimits()
        limits.writeNanoseconds = 30_000_000_000
        limits.bodyBytesPerSecond = 1_000
        return limits
    }

    @Test func `a client owes since its answer has waited, less what it takes at the least rate`() {
        var deadline = SendDeadline()
        func owed(_ second: Int) -> Double { deadline.secondsOwed(at: .seconds(second), Self.limits) }
        #expect(owed(100) == 0, "nothing waits")
        deadline.stalled(at: .seconds(100), Self.limits)
        #expect(owed(100) == 0 && owed(103) == 3)
        deadline.stalled(at: .seconds(102), Self.limits)
        #expect(owed(103) == 3, "more that waits changes nothing")
        deadline.progressed(byteCount: 2_000, Self.limits)
        #expect(owed(103) == 1)
        deadline.progressed(byteCount: 50_000, Self.limits)
        #expect(owed(103) == 0 && owed(153) == 1)
        deadline.caughtUp()
        #expect(owed(1_000) == 0)
    }
}
