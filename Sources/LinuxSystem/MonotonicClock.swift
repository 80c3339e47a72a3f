import CShims
import Glibc

/// A clock that never goes back; injected wherever time is needed, so that tests decide what time it is.
package protocol MonotonicClock: AnyObject, Sendable {
    /// The time since some fixed point in the past.
    func now() -> Nanoseconds
}

/// The kernel's monotonic clock.
package final class SystemClock: MonotonicClock {
    package init() {}

    package func now() -> Nanoseconds {
        var time = timespec()
        // The address is valid for the call; the clock always exists.
        unsafe _ = clock_gettime(CLOCK_MONOTONIC, &time)
        return Nanoseconds(Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec))
    }
}
