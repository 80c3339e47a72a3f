import LinuxSystem
import TestSupport
import Testing

@testable import OutgoingHTTP

@Suite struct RetryPolicyTests {
    private static let policy = RetryPolicy(
        attemptCount: 4, firstDelay: .milliseconds(100), delayLimit: .milliseconds(300), retryAfterLimit: .seconds(2),
        totalTimeout: .seconds(10))

    private static let cases: [(RetryPolicy.Outcome, attempt: Int, jitter: Double, RetryPolicy.Decision)] = [
        (.answered(status: 200, retryAfter: nil), 1, 0, .end),
        (.answered(status: 404, retryAfter: nil), 1, 0, .end),
        (.answered(status: 501, retryAfter: nil), 1, 0, .end),
        (.answered(status: 301, retryAfter: nil), 1, 0, .end),
        (.answered(status: 408, retryAfter: nil), 1, 0, .retry(after: .milliseconds(100))),
        (.answered(status: 425, retryAfter: nil), 1, 0, .retry(after: .milliseconds(100))),
        (.answered(status: 429, retryAfter: nil), 1, 0, .retry(after: .milliseconds(100))),
        (.answered(status: 500, retryAfter: nil), 2, 0, .retry(after: .milliseconds(200))),
        (.answered(status: 502, retryAfter: nil), 3, 0, .retry(after: .milliseconds(300))),
        (.answered(status: 503, retryAfter: nil), 1, 0.5, .retry(after: .milliseconds(75))),
        (.answered(status: 504, retryAfter: nil), 2, 0.5, .retry(after: .milliseconds(150))),
        (.answered(status: 503, retryAfter: nil), 4, 0, .end),
        (.answered(status: 503, retryAfter: .seconds(2)), 1, 0.9, .retry(after: .seconds(2))),
        (.answered(status: 503, retryAfter: .seconds(3)), 1, 0, .end),
        (.answered(status: 200, retryAfter: .seconds(1)), 1, 0, .end),
        (.failed(.resolve), 1, 0, .retry(after: .milliseconds(100))),
        (.failed(.connect), 1, 0, .retry(after: .milliseconds(100))),
        (.failed(.connectTimedOut), 1, 0, .retry(after: .milliseconds(100))),
        (.failed(.timedOut), 1, 0, .retry(after: .milliseconds(100))),
        (.failed(.tooSlow), 1, 0, .retry(after: .milliseconds(100))),
        (.failed(.disconnected), 1, 0, .retry(after: .milliseconds(100))),
        (.failed(.library("")), 1, 0, .end),
        (.failed(.url("")), 1, 0, .end),
        (.failed(.field("")), 1, 0, .end),
        (.failed(.security("")), 1, 0, .end),
        (.failed(.malformed), 1, 0, .end),
        (.failed(.tooLarge(byteCountLimit: 1)), 1, 0, .end),
        (.failed(.receiver("")), 1, 0, .end),
        (.failed(.interrupted), 1, 0, .end),
        (.failed(.other(code: 1, "")), 1, 0, .end),
    ]

    @Test func `each outcome leads to what the table says`() {
        for (outcome, attempt, jitter, expected) in Self.cases {
            let decision = Self.policy.decide(
                after: outcome, attempt: attempt, remaining: .seconds(10), jitter: jitter)
            #expect(decision == expected, "\(outcome), attempt \(attempt)")
        }
    }

    @Test func `a delay that the time does not suffice for is not begun`() {
        let outcome = RetryPolicy.Outcome.failed(.connect)
        let enough = Self.policy.decide(after: outcome, attempt: 1, remaining: .milliseconds(101), jitter: 0)
        #expect(enough == .retry(after: .milliseconds(100)))
        let short = Self.policy.decide(after: outcome, attempt: 1, remaining: .milliseconds(100), jitter: 0)
        #expect(short == .end)
    }

    @Test func `attempts and time run out`() throws {
        let clock = FakeClock()
        var delays: [Nanoseconds] = []
        var given: [Nanoseconds] = []
        let loop = RetryLoop(
            policy: Self.policy, clock: clock,
            wait: { delay in
                delays.append(delay)
                clock.advance(by: delay)
                return true
            }, jitter: { 0 })
        let response = try loop.run { remaining throws(OutgoingFault) in
            given.append(remaining)
            clock.advance(by: .seconds(1))
            return OutgoingResponse(status: 503)
        }
        #expect(response.attemptCount == 4)
        #expect(delays == [.milliseconds(100), .milliseconds(200), .milliseconds(300)])
        #expect(given == [.seconds(10), .milliseconds(8900), .milliseconds(7700), .milliseconds(6400)])
    }

    @Test func `an interrupted wait ends with what there is`() {
        let loop = RetryLoop(policy: Self.policy, clock: FakeClock(), wait: { _ in false }, jitter: { 0 })
        var attemptCount = 0
        #expect(throws: OutgoingFault(.connect)) {
            try loop.run { _ throws(OutgoingFault) in
                attemptCount += 1
                throw OutgoingFault(.connect)
            }
        }
        #expect(attemptCount == 1)
    }

    @Test func `the numbers of a policy have limits`() async {
        await #expect(processExitsWith: .failure) {
            _ = RetryPolicy(attemptCount: OutgoingHTTPLimits.attemptCount + 1)
        }
        await #expect(processExitsWith: .failure) {
            _ = RetryPolicy(delayLimit: OutgoingHTTPLimits.retryDelay + Nanoseconds(1))
        }
    }

    @Test func `a wait lasts until somebody interrupts`() throws {
        let interruption = Interruption()
        #expect(interruption.wait(.milliseconds(1)))
        let result = Handover<Bool>()
        _ = try SystemThread(name: "waits") { result.give(interruption.wait(.seconds(3600))) }
        interruption.interrupt()
        #expect(!result.take())
        #expect(!interruption.wait(.seconds(3600)))
    }
}
