import Synchronization

/// Where one thread leaves what it has counted, and another takes it.
///
/// - Isolation: any thread. The lock is taken a few times per second, never for a request.
final class DriftBox: Sendable {
    private let content: Mutex<DriftCounts>
    private let isWaiting = Atomic(false)

    init(for plan: DriftPlan) { content = Mutex(DriftCounts(for: plan)) }

    /// Says that there are counts that have not been left here yet.
    func note() { isWaiting.store(true, ordering: .relaxed) }

    /// Whether somebody has counts that are not here yet.
    var awaitsCounts: Bool { isWaiting.load(ordering: .relaxed) }

    /// Lends the counts for adding to them.
    func leave(_ body: (inout DriftCounts) -> Void) {
        isWaiting.store(false, ordering: .relaxed)
        content.withLock { body(&$0) }
    }

    /// Moves the counts to others.
    func take(into counts: inout DriftCounts) {
        content.withLock { content in
            guard !content.isEmpty else { return }
            counts.add(content)
            content.removeAll()
        }
    }
}
