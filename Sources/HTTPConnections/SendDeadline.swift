import LinuxSystem

/// Until when a peer may leave untaken what waits for it.
struct SendDeadline: Equatable {
    /// `never` while nothing waits.
    private(set) var instant = Nanoseconds.never

    /// Something could not be sent yet, or was handed over for sending.
    mutating func stalled(at now: Nanoseconds, _ limits: HTTPLimits) {
        guard instant == .never else { return }
        instant = now + Nanoseconds(Int64(limits.writeNanoseconds))
    }

    /// The peer has taken some of what waited: it earns time at the least rate, so that a byte now and then does not
    /// hold an answer for ever.
    mutating func progressed(byteCount: Int, _ limits: HTTPLimits) {
        guard instant != .never else { return }
        instant = instant + Nanoseconds(Int64(byteCount) * 1_000_000_000 / Int64(limits.bodyBytesPerSecond))
    }

    /// Seconds for which the peer has owed it to take something; 0 for one that takes it at the least rate.
    func secondsOwed(at now: Nanoseconds, _ limits: HTTPLimits) -> Double {
        guard instant != .never else { return 0 }
        let since = instant.count - Int64(limits.writeNanoseconds)
        return max(0, Double(now.count - since) / 1e9)
    }

    /// Nothing waits any more.
    mutating func caughtUp() { instant = .never }
}
