import HTTPConnections
import Testing

@Suite struct HTTPLimitsCrashTests {
    @Test func `a server that accepts no bodies does not start`() async {
        await #expect(processExitsWith: .failure) {
            var limits = HTTPLimits()
            limits.bodyByteCount = 0
            limits.checkRelations()
        }
    }

    @Test func `a head may not take longer than silence`() async {
        await #expect(processExitsWith: .failure) {
            var limits = HTTPLimits()
            limits.headNanoseconds = limits.idleNanoseconds + 1
            limits.checkRelations()
        }
    }

    @Test func `lengths that could overflow are not permitted`() async {
        await #expect(processExitsWith: .failure) {
            var limits = HTTPLimits()
            limits.bodyByteCount = Int.max
            limits.checkRelations()
        }
    }
}
