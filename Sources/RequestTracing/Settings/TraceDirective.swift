import Synchronization

/// A trace setting that is in force, and what has been traced under it.
///
/// A change replaces the directive, so that loops begin to count anew and traces that are under way keep theirs.
///
/// - Isolation: any thread. Loops write only when they have chosen a request, which is rare.
package final class TraceDirective: Sendable {
    /// What was set; `count` is where `remaining` began.
    package let setting: TraceSetting
    /// Requests that may still be chosen; negative for all.
    private let remainingCount: Atomic<Int>
    private let chosen = Atomic(0)
    private let retired = Atomic(false)

    init(_ setting: TraceSetting) {
        self.setting = setting
        remainingCount = Atomic(setting.count)
    }

    /// Requests that may still be chosen; -1 for all.
    var remaining: Int { remainingCount.load(ordering: .relaxed) }

    /// The setting as a reader sees it now.
    var current: TraceSetting {
        var current = setting
        current.count = remaining
        return current
    }

    /// Takes one request of those that may still be chosen.
    ///
    /// - Returns: false if there is none.
    func choose() -> Bool {
        guard setting.count >= 0 else { return true }
        var seen = remaining
        while seen > 0 {
            let (isTaken, now) = remainingCount.compareExchange(
                expected: seen, desired: seen - 1, ordering: .relaxed)
            if isTaken {
                chosen.add(1, ordering: .relaxed)
                return true
            }
            seen = now
        }
        return false
    }

    /// Takes note that a chosen request's trace was lost on its way.
    func lost() { chosen.subtract(1, ordering: .relaxed) }

    /// Whether no request will be chosen any more, and this many traces are all that there will be.
    func isComplete(collected: Int) -> Bool {
        remaining == 0 && setting.count > 0 && collected >= chosen.load(ordering: .relaxed)
    }

    /// Whether another directive has taken its place.
    var isRetired: Bool { retired.load(ordering: .relaxed) }

    func retire() { retired.store(true, ordering: .relaxed) }
}
