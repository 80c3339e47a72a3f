import CShims
import Glibc

/// Lets any thread read how much processor time one thread has used.
///
/// - Isolation: any thread.
/// - Source: pthread_getcpuclockid(3).
package struct ThreadClockReading: Sendable {
    private let clock: clockid_t

    /// Names the calling thread.
    package init() {
        var clock = clockid_t()
        // The call fills the variable; it cannot fail for the calling thread.
        let result = unsafe pthread_getcpuclockid(pthread_self(), &clock)
        precondition(result == 0, "a thread that runs has a clock")
        self.clock = clock
    }

    /// The processor time so far; nil when the kernel has no such thread, which is soon after another has joined it.
    package func now() -> Nanoseconds? {
        var time = timespec()
        // The address is valid for the call, which fails if there is no such thread.
        guard unsafe clock_gettime(clock, &time) == 0 else { return nil }
        return Nanoseconds(Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec))
    }
}
