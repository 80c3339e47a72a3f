/// How many requests a key may make: so many per second on average, and so many at once.
///
/// A bucket holds as many tokens as may come at once, each request takes one, and they come back at the rate. The
/// state is one number, the instant at which the bucket will be full again; the form is known as the generic cell rate
/// algorithm.
///
/// - Units: nanoseconds of the monotonic clock.
/// - Source: ITU-T I.371, annex A (virtual scheduling).
package struct RateLimit: Equatable, Sendable {
    /// What is to happen with a request.
    package enum Verdict: Equatable, Sendable {
        /// It may go on; the bucket is full again at this instant.
        case permitted(fullAgain: Int64)
        /// It may not; there is a token after so long.
        case refused(waitNanoseconds: Int64)
    }

    package let requestsPerSecond: Double
    package let burst: Int
    /// Time for one token, rounded up, so that never more are given than were asked for.
    private let interval: Int64
    /// How far ahead of now the bucket's being full may lie for a token to be there.
    private let tolerance: Int64

    /// Makes a limit.
    ///
    /// - Precondition: both lie in the ranges of `AccessControlLimits`.
    package init(requestsPerSecond: Double, burst: Int) {
        precondition(AccessControlLimits.requestsPerSecond.contains(requestsPerSecond), "a rate within its limits")
        precondition(AccessControlLimits.burst.contains(burst), "a burst within its limits")
        self.requestsPerSecond = requestsPerSecond
        self.burst = burst
        interval = Int64((1e9 / requestsPerSecond).rounded(.up))
        tolerance = interval * Int64(burst - 1)
    }

    /// A request has arrived.
    ///
    /// - Parameter fullAgain: when the bucket is full; any instant that is not in the future means that it is.
    package func requestArrived(at now: Int64, fullAgain: Int64) -> Verdict {
        // Under another limit more may have been used up than this bucket holds.
        let begin = min(max(now, fullAgain), now + interval * Int64(burst))
        let wait = begin - now - tolerance
        return wait > 0 ? .refused(waitNanoseconds: wait) : .permitted(fullAgain: begin + interval)
    }
}

extension RateLimit {
    /// The burst of a key that names none: what a second permits, at least one request.
    package static func usualBurst(of requestsPerSecond: Double) -> Int {
        max(AccessControlLimits.burst.lowerBound, Int(requestsPerSecond.rounded(.up)))
    }
}
