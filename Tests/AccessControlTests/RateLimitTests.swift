import TestSupport
import Testing

@testable import AccessControl

@Suite struct RateLimitTests {
    private static let second: Int64 = 1_000_000_000

    @Test func `a burst may come at once, then one for each interval`() {
        let limit = RateLimit(requestsPerSecond: 10, burst: 3)
        // (when it arrives in tenths of a second, whether it may)
        let table: [(Int64, Bool)] = [
            (0, true), (0, true), (0, true), (0, false), (1, true), (1, false), (3, true), (3, true), (3, false),
            (100, true), (100, true), (100, true), (100, false),
        ]
        var fullAgain = Int64.min
        for (row, (tenth, isPermitted)) in table.enumerated() {
            switch limit.requestArrived(at: tenth * Self.second / 10, fullAgain: fullAgain) {
            case .permitted(let next):
                #expect(isPermitted, "row \(row)")
                fullAgain = next
            case .refused: #expect(!isPermitted, "row \(row)")
            }
        }
    }

    @Test func `a limit that is raised holds at once, whatever was used up under the old one`() {
        let slow = RateLimit(requestsPerSecond: 0.01, burst: 1_000)
        var fullAgain = Int64.min
        for _ in 0..<1_000 {
            if case .permitted(let next) = slow.requestArrived(at: 0, fullAgain: fullAgain) { fullAgain = next }
        }
        let fast = RateLimit(requestsPerSecond: 100, burst: 10)
        #expect(fast.requestArrived(at: 0, fullAgain: fullAgain) == .refused(waitNanoseconds: Self.second / 100))
    }

    @Test func `who is refused and waits as long as told may go on`() {
        let limit = RateLimit(requestsPerSecond: 3, burst: 1)
        guard case .permitted(let fullAgain) = limit.requestArrived(at: 5, fullAgain: .min) else {
            Issue.record("a full bucket")
            return
        }
        guard case .refused(let wait) = limit.requestArrived(at: 6, fullAgain: fullAgain) else {
            Issue.record("an empty bucket")
            return
        }
        #expect(limit.requestArrived(at: 5 + wait, fullAgain: fullAgain) == .refused(waitNanoseconds: 1))
        guard case .permitted = limit.requestArrived(at: 6 + wait, fullAgain: fullAgain) else {
            Issue.record("a token is there")
            return
        }
    }

    /// What the state of one number stands for: tokens that are kept and grow back, in nanoseconds of their interval.
    private struct Bucket {
        let interval: Int64
        let capacity: Int64
        var content: Int64
        var before: Int64 = 0

        init(rate: Double, burst: Int) {
            interval = Int64((1e9 / rate).rounded(.up))
            capacity = interval * Int64(burst)
            content = capacity
        }

        mutating func take(at now: Int64) -> Bool {
            content = min(capacity, content + now - before)
            before = now
            guard content >= interval else { return false }
            content -= interval
            return true
        }
    }

    @Test(arguments: [(0.001, 1), (0.5, 2), (3.0, 1), (999_999.0, 7), (1_000_000.0, 1_000_000)])
    func `a bucket of tokens decides the same, and never gives more than the burst and the rate`(
        rate: Double, burst: Int
    ) {
        var generator = SeededGenerator.forTest()
        let limit = RateLimit(requestsPerSecond: rate, burst: burst)
        var bucket = Bucket(rate: rate, burst: burst)
        var fullAgain = Int64.min
        var (now, count) = (Int64.zero, 0)
        for index in 0..<3_000 {
            // Now and then a pause in which the bucket fills.
            let most = generator.chance(oneIn: 50) ? bucket.capacity : bucket.interval
            now += Int64(generator.int(in: 0...Int(most)))
            let isPermitted = bucket.take(at: now)
            switch limit.requestArrived(at: now, fullAgain: fullAgain) {
            case .permitted(let next):
                fullAgain = next
                count += 1
                #expect(isPermitted, "request \(index)")
            case .refused: #expect(!isPermitted, "request \(index)")
            }
        }
        #expect(Double(count) <= Double(burst) + Double(now) / 1e9 * rate + 1e-9)
    }

    @Test func `rates and bursts have bounds, and a burst that is not named is a second's`() {
        #expect(AccessControlLimits.requestsPerSecond == 0.001...1_000_000)
        #expect(AccessControlLimits.burst == 1...1_000_000)
        #expect(RateLimit.usualBurst(of: 0.2) == 1)
        #expect(RateLimit.usualBurst(of: 100.5) == 101)
        #expect(RateLimit.usualBurst(of: 1_000_000) == 1_000_000)
    }
}
