package import LinuxSystem

/// When a request is sent once more, and after which delay.
///
/// Delays double from attempt to attempt and are shortened by up to a half at random, so that clients that failed
/// together do not come back together. A server that names a delay is given it, or is not asked again.
///
/// - Isolation: a value; pure.
/// - Source: RFC 9110, section 10.2.3 (`Retry-After`).
package struct RetryPolicy: Equatable, Sendable {
    /// What an attempt came to.
    package enum Outcome: Equatable, Sendable {
        case answered(status: Int, retryAfter: Nanoseconds?)
        case failed(OutgoingFault.Kind)
    }

    /// What follows.
    package enum Decision: Equatable, Sendable {
        case end
        case retry(after: Nanoseconds)
    }

    /// Attempts in all, the first one included.
    package var attemptCount: Int
    /// Before the second attempt.
    package var firstDelay: Nanoseconds
    /// No delay of ours is longer.
    package var delayLimit: Nanoseconds
    /// The longest delay that a server may ask for; one that asks for more is not asked again.
    package var retryAfterLimit: Nanoseconds
    /// From the first attempt to the end of the last.
    package var totalTimeout: Nanoseconds
    /// Statuses that may be different the next time.
    package var statuses: Set<Int>

    /// Makes a policy.
    ///
    /// - Precondition: the numbers lie within `OutgoingHTTPLimits`.
    package init(
        attemptCount: Int = 4, firstDelay: Nanoseconds = .milliseconds(200), delayLimit: Nanoseconds = .seconds(5),
        retryAfterLimit: Nanoseconds = .seconds(30), totalTimeout: Nanoseconds = .seconds(60),
        statuses: Set<Int> = [408, 425, 429, 500, 502, 503, 504]
    ) {
        precondition((1...OutgoingHTTPLimits.attemptCount).contains(attemptCount), "there is a limit on attempts")
        precondition(delayLimit <= OutgoingHTTPLimits.retryDelay, "there is a limit on delays")
        precondition(firstDelay > .zero && firstDelay <= delayLimit, "delays begin small")
        self.attemptCount = attemptCount
        self.firstDelay = firstDelay
        self.delayLimit = delayLimit
        self.retryAfterLimit = retryAfterLimit
        self.totalTimeout = totalTimeout
        self.statuses = statuses
    }

    /// One attempt.
    package static let once = RetryPolicy(attemptCount: 1)

    /// Decides what follows an attempt.
    ///
    /// - Parameter attempt: its number, the first being 1.
    /// - Parameter remaining: what is left of the total time.
    /// - Parameter jitter: chosen at random from 0 up to 1.
    package func decide(
        after outcome: Outcome, attempt: Int, remaining: Nanoseconds, jitter: Double
    ) -> Decision {
        precondition(attempt >= 1 && jitter >= 0 && jitter < 1, "attempts are counted from 1, jitter is a fraction")
        guard attempt < attemptCount, mayDiffer(outcome) else { return .end }
        var delay = firstDelay.count
        for _ in 1..<attempt where delay < delayLimit.count { delay *= 2 }
        delay = min(delay, delayLimit.count)
        delay -= Int64(Double(delay) * 0.5 * jitter)
        if case .answered(_, let wish?) = outcome {
            guard wish <= retryAfterLimit else { return .end }
            delay = max(delay, wish.count)
        }
        return delay < remaining.count ? .retry(after: Nanoseconds(delay)) : .end
    }

    private func mayDiffer(_ outcome: Outcome) -> Bool {
        switch outcome {
        case .answered(let status, _): statuses.contains(status)
        case .failed(.resolve), .failed(.connect), .failed(.connectTimedOut), .failed(.timedOut), .failed(.tooSlow),
            .failed(.disconnected):
            true
        case .failed: false
        }
    }
}
