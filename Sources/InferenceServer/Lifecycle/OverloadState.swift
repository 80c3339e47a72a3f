import LinuxSystem

/// Whether the server refuses requests for want of room, so that others should send it none for a while.
///
/// Pure: it is told of refusals and asked with the time. One burst is no overload; refusals that go on for
/// `enteringTime` without a pause of that length are. It is over when none has come for `leavingTime`, which is longer,
/// so that a server whose clients have gone elsewhere does not call them back before it has caught its breath.
struct OverloadState: Equatable {
    /// How long refusals go on before they count as overload.
    static let enteringTime = Nanoseconds.seconds(1)
    /// How long none has come when it is over.
    static let leavingTime = Nanoseconds.seconds(5)

    private enum Phase: Equatable {
        case normal
        /// Refusals have begun and may cease.
        case refusing(since: Nanoseconds, last: Nanoseconds)
        case overloaded(last: Nanoseconds)
    }

    private var phase = Phase.normal

    /// A request was refused for want of room.
    mutating func requestRefused(at now: Nanoseconds) {
        settle(at: now)
        switch phase {
        case .normal: phase = .refusing(since: now, last: now)
        case .refusing(let since, let last):
            // Threads may come late with what they have seen.
            let latest = max(last, now)
            phase =
                latest - since >= Self.enteringTime ? .overloaded(last: latest) : .refusing(since: since, last: latest)
        case .overloaded(let last): phase = .overloaded(last: max(last, now))
        }
    }

    /// Whether the server is overloaded.
    mutating func isOverloaded(at now: Nanoseconds) -> Bool {
        settle(at: now)
        if case .overloaded = phase { return true }
        return false
    }

    /// Forgets refusals that have ceased.
    private mutating func settle(at now: Nanoseconds) {
        switch phase {
        case .normal: break
        case .refusing(_, let last): if now - last >= Self.enteringTime { phase = .normal }
        case .overloaded(let last): if now - last >= Self.leavingTime { phase = .normal }
        }
    }
}
