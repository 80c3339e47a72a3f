package import LinuxSystem

/// Decides when the changed content of a model may be read: never while somebody may still be writing it.
///
/// Content may be read when it was moved into place, when its last change lies back by the quiet time, or when it has
/// looked the same for so long. Content of which files have vanished must have looked the same: what is being deleted
/// has old times.
///
/// - Isolation: a value.
package struct ContentSettling: Equatable, Sendable {
    /// Whether content may be read.
    package enum Decision: Equatable, Sendable {
        case settled
        /// Look again at this time.
        case wait(until: Nanoseconds)
    }

    private var seen: ModelFingerprint?
    private var since = Nanoseconds.zero

    /// Has seen nothing.
    package init() {}

    /// Judges content that is not what was read last.
    ///
    /// - Units: `now` of the monotonic clock, `time` since 1970.
    /// - Parameter hasVanished: whether files are not there any more.
    /// - Parameter isMovedHere: whether everything that has changed was moved into place.
    package mutating func look(
        _ fingerprint: ModelFingerprint, hasVanished: Bool, isMovedHere: Bool, now: Nanoseconds, time: Nanoseconds
    ) -> Decision {
        let quiet = ModelRepositoryLimits.quietTime
        if isMovedHere { return .settled }
        if !hasVanished, let newest = fingerprint.newestChange, time - newest >= quiet { return .settled }
        if fingerprint != seen {
            seen = fingerprint
            since = now
        }
        return now >= since + quiet ? .settled : .wait(until: since + quiet)
    }

    /// What was seen counts no longer.
    package mutating func forget() {
        seen = nil
    }
}
