package import LinuxSystem
import Synchronization

/// A way to end what a thread is waiting for.
///
/// - Isolation: any thread may interrupt; one waits.
package final class Interruption: Sendable {
    private let isSet = Atomic(false)
    private let news = ThreadSemaphore()

    package init() {}

    /// Whether anybody has interrupted.
    package var isInterrupted: Bool { isSet.load(ordering: .relaxed) }

    /// Ends the present wait and all later ones, and requests under way within a second.
    package func interrupt() {
        isSet.store(true, ordering: .relaxed)
        news.signal()
    }

    /// Waits.
    ///
    /// - Returns: false if somebody has interrupted.
    package func wait(_ duration: Nanoseconds) -> Bool {
        if isInterrupted { return false }
        _ = news.wait(atMost: duration)
        return !isInterrupted
    }
}
