import LinuxSystem
import Synchronization

/// What all threads know about overload.
///
/// - Isolation: any thread; the lock is taken when a request is refused and when somebody asks, never for one that is
///   answered.
final class OverloadWatch: Sendable {
    private let state = Mutex(OverloadState())
    private let clock: any MonotonicClock

    init(clock: any MonotonicClock) { self.clock = clock }

    /// A request was refused because the compute queue or the queue of its model is full.
    func requestRefused() {
        let now = clock.now()
        state.withLock { $0.requestRefused(at: now) }
    }

    var isOverloaded: Bool {
        let now = clock.now()
        return state.withLock { $0.isOverloaded(at: now) }
    }
}
