import Synchronization

/// The bucket of one key, which all loops take tokens from.
///
/// One word, replaced by compare-and-exchange: no token is given twice and none is lost, whichever loops the requests
/// come to, and no loop waits for another. Only keys with a limit have their meter written.
///
/// - Isolation: any thread.
package final class RateMeter: Sendable {
    private let fullAgain = Atomic<Int64>(.min)

    /// Makes a full bucket.
    package init() {}

    /// Takes a token if there is one.
    ///
    /// - Parameter now: nanoseconds of the monotonic clock.
    /// - Returns: how long to wait for one; nil if it was taken.
    package func take(_ limit: RateLimit, at now: Int64) -> Int64? {
        var seen = fullAgain.load(ordering: .relaxed)
        while true {
            switch limit.requestArrived(at: now, fullAgain: seen) {
            case .refused(let wait): return wait
            case .permitted(let next):
                let (exchanged, found) = fullAgain.weakCompareExchange(
                    expected: seen, desired: next, ordering: .relaxed)
                if exchanged { return nil }
                seen = found
            }
        }
    }
}
