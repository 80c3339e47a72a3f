import CShims
import Glibc

/// The time of day, for what people and other machines read.
///
/// Intervals are measured with the monotonic clock.
package enum WallClock {
    /// Nanoseconds since the beginning of 1970, UTC.
    package static func nanosecondsSince1970() -> Int64 {
        var now = timespec()
        // The kernel writes only into `now`; this clock is always there.
        _ = unsafe clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) &* 1_000_000_000 &+ Int64(now.tv_nsec)
    }
}
