package import LinuxSystem

/// How far the explanation of an incident is: a state machine without I/O.
///
/// Each event changes the state and says what is to be done next; an event that does not fit the state changes nothing
/// and asks for nothing, so that a step that is told twice is done once.
package struct ExplanationJob: Equatable, Sendable {
    /// What a client is shown.
    package enum State: String, CaseIterable, Sendable {
        case queued, retrieving, generating, done, failed
    }

    /// What is to be done next.
    package enum Action: Equatable, Sendable {
        case nothing
        /// Find documents.
        case retrieve
        /// Write the explanation.
        case generate
        /// Keep what was written.
        case finish
        /// Begin again at this time.
        case retry(at: Nanoseconds)
        /// Keep the reason.
        case fail(reason: String)
    }

    package private(set) var state = State.queued
    /// Attempts that have begun.
    package private(set) var attempts = 0
    /// Why it has failed, or why the last attempt has.
    package private(set) var reason = ""
    /// Before which the next attempt does not begin.
    package private(set) var notBefore = Nanoseconds.zero
    private let deadline: Nanoseconds

    /// A job that has just been queued.
    package init(now: Nanoseconds) {
        deadline = now + .seconds(ExplanationLimits.jobSeconds)
    }

    /// A job that had ended when it was stored.
    package init(ended state: State, reason: String, attempts: Int) {
        precondition(state == .done || state == .failed, "only a job that has ended is stored as such")
        self.state = state
        self.reason = reason
        self.attempts = attempts
        deadline = .never
    }

    /// Whether nothing more is to be done.
    package var hasEnded: Bool { state == .done || state == .failed }

    /// Somebody has time for it.
    package mutating func began(now: Nanoseconds) -> Action {
        guard state == .queued, now >= notBefore else { return .nothing }
        attempts += 1
        state = .retrieving
        return .retrieve
    }

    /// Documents were found, or none.
    package mutating func retrieved() -> Action {
        guard state == .retrieving else { return .nothing }
        state = .generating
        return .generate
    }

    /// The explanation is written.
    package mutating func generated() -> Action {
        guard state == .generating else { return .nothing }
        (state, reason) = (.done, "")
        return .finish
    }

    /// The attempt has failed.
    package mutating func attemptFailed(_ why: String, now: Nanoseconds) -> Action {
        guard state == .retrieving || state == .generating else { return .nothing }
        reason = why
        let pause = Nanoseconds.milliseconds(100 << (2 * attempts))
        guard attempts < ExplanationLimits.attempts, now + pause < deadline else {
            state = .failed
            return .fail(reason: why)
        }
        (state, notBefore) = (.queued, now + pause)
        return .retry(at: notBefore)
    }

    /// It was not begun because too many wait.
    package mutating func refused(_ why: String) -> Action {
        guard state == .queued else { return .nothing }
        (state, reason) = (.failed, why)
        return .fail(reason: why)
    }
}
