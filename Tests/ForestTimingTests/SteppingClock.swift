import LinuxSystem
import TestSupport

/// A clock on which every look takes as long as it is told.
final class SteppingClock: MonotonicClock {
    private let clock = FakeClock()
    private let step: Nanoseconds

    init(step: Nanoseconds) { self.step = step }

    func now() -> Nanoseconds {
        clock.advance(by: step)
        return clock.now()
    }
}
