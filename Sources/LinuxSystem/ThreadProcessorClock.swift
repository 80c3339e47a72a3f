import CShims
import Glibc

/// The processor time that the calling thread has used; it stands still while the thread waits or is displaced.
///
/// - Isolation: two readings are comparable if one thread took both.
package final class ThreadProcessorClock: MonotonicClock {
    package init() {}

    package func now() -> Nanoseconds {
        var time = timespec()
        // The address is valid for the call; the clock always exists.
        unsafe _ = clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Nanoseconds(Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec))
    }
}
