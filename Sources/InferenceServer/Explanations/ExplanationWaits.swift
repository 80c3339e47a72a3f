import LinuxSystem

/// Calls that wait for an explanation to end.
struct ExplanationWaits {
    /// A call, and what it waits for.
    struct Waiting {
        let call: ExplanationCall
        let deadline: Nanoseconds
        /// The event behind which anything is waited for; nil for a call about one explanation.
        let event: UInt64?
    }

    private var waiting: [Waiting] = []

    var count: Int { waiting.count }

    /// When the next patience is over.
    var nextDeadline: Nanoseconds { waiting.map(\.deadline).min() ?? .never }

    mutating func wait(_ call: ExplanationCall, until deadline: Nanoseconds, event: UInt64?) {
        waiting.append(Waiting(call: call, deadline: deadline, event: event))
    }

    /// Takes out a call whose answer nobody waits for any more.
    ///
    /// - Returns: false if it does not wait.
    mutating func forget(_ call: ExplanationCall) -> Bool {
        let count = waiting.count
        waiting.removeAll { $0.call === call }
        return waiting.count < count
    }

    /// Takes out the calls whose patience is over, or whose time has come.
    mutating func take(now: Nanoseconds, where isDue: (Waiting) -> Bool) -> [Waiting] {
        if waiting.isEmpty { return [] }
        let due = waiting.filter { $0.deadline <= now || isDue($0) }
        if !due.isEmpty { waiting.removeAll { entry in due.contains { $0.call === entry.call } } }
        return due
    }
}
