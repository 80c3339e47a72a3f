package import LinuxSystem
import Synchronization

/// A clock that stands still until a test moves it.
package final class FakeClock: MonotonicClock {
    private let time: Mutex<Nanoseconds>

    package init(at start: Nanoseconds = .seconds(1000)) { time = Mutex(start) }

    package func now() -> Nanoseconds { time.withLock { $0 } }

    /// Lets time pass.
    package func advance(by duration: Nanoseconds) { time.withLock { $0 = $0 + duration } }
}
