import Synchronization

/// Hands finished traces from one loop to the side thread, and drops what finds no room.
///
/// The loop alone writes, the side thread alone takes; two counters say who owns a slot. The lock of a slot hands its
/// content over and is never contended.
///
/// - Complexity: a few writes and no allocation for each; neither side ever waits.
final class TraceRing: Sendable {
    private final class Slot: Sendable {
        let content = Mutex<TraceRecord?>(nil)
    }

    private let slots: [Slot]
    /// Records written and records taken, since the beginning; they differ by at most the capacity.
    private let written = Atomic(0)
    private let taken = Atomic(0)

    init(capacity: Int = TracingLimits.ringCapacity) {
        precondition(capacity > 0, "a ring has room for something")
        slots = (0..<capacity).map { _ in Slot() }
    }

    /// What became of a record.
    enum Outcome: Equatable {
        case accepted
        /// Accepted, and now the ring is half full: somebody should take what is in it.
        case acceptedHalfFull
        case full
    }

    /// Leaves a record for the side thread.
    ///
    /// - Isolation: the loop's thread.
    func put(_ record: TraceRecord) -> Outcome {
        let position = written.load(ordering: .relaxed)
        let count = position - taken.load(ordering: .acquiring)
        guard count < slots.count else { return .full }
        slots[position % slots.count].content.withLock { $0 = record }
        written.store(position + 1, ordering: .releasing)
        return count + 1 == (slots.count + 1) / 2 ? .acceptedHalfFull : .accepted
    }

    /// Takes the oldest record.
    ///
    /// - Isolation: the side thread.
    func take() -> TraceRecord? {
        let position = taken.load(ordering: .relaxed)
        guard position < written.load(ordering: .acquiring) else { return nil }
        let record = slots[position % slots.count].content.withLock { content in
            let record = content
            content = nil
            return record
        }
        taken.store(position + 1, ordering: .releasing)
        return record
    }
}
