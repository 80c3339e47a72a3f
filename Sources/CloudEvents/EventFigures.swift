import Synchronization

/// What has become of the events for one place.
///
/// - Isolation: any thread.
package final class EventFigures: Sendable {
    /// The place, as metrics call it.
    package let sink: String
    private let deliveredCount = Atomic<UInt64>(0)
    private let buriedCount = Atomic<UInt64>(0)
    private let lostCount = Atomic<UInt64>(0)
    private let failedAttempts = Atomic<UInt64>(0)

    init(sink: String) { self.sink = sink }

    package var delivered: UInt64 { deliveredCount.load(ordering: .relaxed) }
    /// Events that nobody took and that lie in the file for such.
    package var buried: UInt64 { buriedCount.load(ordering: .relaxed) }
    /// Events that are nowhere.
    package var lost: UInt64 { lostCount.load(ordering: .relaxed) }
    /// Attempts after which an event waits on.
    package var failures: UInt64 { failedAttempts.load(ordering: .relaxed) }

    func wasDelivered() { deliveredCount.add(1, ordering: .relaxed) }
    func failed() { failedAttempts.add(1, ordering: .relaxed) }

    func ended(isKept: Bool) {
        if isKept { buriedCount.add(1, ordering: .relaxed) } else { lostCount.add(1, ordering: .relaxed) }
    }
}
