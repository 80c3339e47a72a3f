import LinuxSystem
import Testing

@testable import AccessControl

@Suite struct RateMeterTests {
    @Test func `a token is taken once, whichever thread asks`() {
        let meter = RateMeter()
        let limit = RateLimit(requestsPerSecond: 1, burst: 10_000)
        let taken = ConcurrentMap.results(count: 4, threadCount: 4) { _ in
            (0..<5_000).reduce(0) { count, _ in count + (meter.take(limit, at: 0) == nil ? 1 : 0) }
        }
        #expect(taken.reduce(0, +) == 10_000)
        #expect(meter.take(limit, at: 0) == 1_000_000_000)
        #expect(meter.take(limit, at: 1_000_000_000) == nil)
    }
}
