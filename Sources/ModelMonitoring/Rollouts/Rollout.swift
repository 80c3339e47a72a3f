/// The way of a candidate from its first share to all requests, or back to none.
///
/// A pure state machine: what happens is told to it, with the time, and it answers what is to be done. A step is left
/// for the next one when it has been watched for long enough, with enough samples, and no guard was broken; a broken
/// guard ends the rollout at once, whatever the time. While it is paused nothing moves; the step begins anew when it is
/// resumed, because what was measured meanwhile was not watched.
///
/// - Units: times in seconds since 1970, so that a rollout outlives the process.
package struct Rollout: Equatable, Sendable {
    /// Where it stands.
    package enum Phase: String, Equatable, Sendable, CaseIterable {
        /// The candidate has the share of the current step.
        case running
        /// The same, and nothing moves.
        case paused
        /// The candidate has everything, because every step has held, or because somebody wanted it.
        case completed
        case promoted
        /// The candidate has nothing, because a guard was broken, or because somebody wanted it.
        case rolledBack = "rolled_back"
        case aborted

        /// Whether nothing follows.
        package var isFinal: Bool { self != .running && self != .paused }
    }

    /// What somebody wants.
    package enum Command: String, Equatable, Sendable, CaseIterable {
        case pause
        case resume
        case promote
        case abort
    }

    /// What is to be done.
    package enum Action: Equatable, Sendable {
        case nothing
        /// Something has changed: give the candidate its share, keep the state, tell.
        case change
        /// Nothing has changed; why not.
        case refuse(String)
    }

    /// Something that has happened.
    package struct Change: Equatable, Sendable {
        package let time: Int64
        package let phase: Phase
        /// The candidate's share from then on, in percent.
        package let share: Int
        package let reason: String

        /// A change.
        package init(time: Int64, phase: Phase, share: Int, reason: String) {
            self.time = time
            self.phase = phase
            self.share = share
            self.reason = reason
        }
    }

    package private(set) var plan: RolloutPlan
    package private(set) var phase: Phase
    /// Which of the plan's steps it is in, or was in when it ended.
    package private(set) var step: Int
    /// When the step began to be watched.
    package private(set) var stepBegan: Int64
    /// The latest ones, oldest first.
    package private(set) var changes: [Change]

    /// Begins with the plan's first step.
    package init(_ plan: RolloutPlan, at now: Int64) {
        self.plan = plan
        phase = .running
        step = 0
        stepBegan = now
        changes = []
        note("begun", at: now)
    }

    /// Takes up what was kept.
    package init(plan: RolloutPlan, phase: Phase, step: Int, stepBegan: Int64, changes: [Change]) {
        precondition(plan.steps.indices.contains(step), "a rollout is in one of its steps")
        self.plan = plan
        self.phase = phase
        self.step = step
        self.stepBegan = stepBegan
        self.changes = changes
    }

    /// The candidate's share, in percent.
    package var share: Int {
        switch phase {
        case .running, .paused: plan.steps[step]
        case .completed, .promoted: 100
        case .rolledBack, .aborted: 0
        }
    }

    // MARK: Events

    /// Time has passed, and this was measured since the step began.
    package mutating func looked(_ figures: RolloutFigures, at now: Int64) -> Action {
        guard phase == .running else { return .nothing }
        if let breach = plan.guards.breach(in: figures) {
            return end(.rolledBack, "at \(share) %: \(breach)", at: now)
        }
        guard now - stepBegan >= plan.holdSeconds, plan.guards.haveEnough(figures, controlAnswers: share < 100)
        else { return .nothing }
        guard step + 1 < plan.steps.count else {
            return end(.completed, "every step has held", at: now)
        }
        step += 1
        stepBegan = now
        note("\(plan.steps[step - 1]) % have held", at: now)
        return .change
    }

    /// Somebody wants something.
    package mutating func commanded(_ command: Command, at now: Int64) -> Action {
        if phase.isFinal {
            return .refuse(
                "the rollout of \(plan.candidate) has ended (\(phase.rawValue)): change its block to begin anew")
        }
        switch (command, phase) {
        case (.pause, .running):
            phase = .paused
            note("paused", at: now)
            return .change
        case (.resume, .paused):
            phase = .running
            stepBegan = now
            note("resumed: the step begins anew", at: now)
            return .change
        case (.promote, _): return end(.promoted, "promoted", at: now)
        case (.abort, _): return end(.aborted, "aborted", at: now)
        case (.pause, _): return .refuse("the rollout of \(plan.candidate) is paused already")
        case (.resume, _): return .refuse("the rollout of \(plan.candidate) is not paused")
        }
    }

    /// The process has begun with a rollout that was kept, or the split was loaded anew: what the step had shown is
    /// gone, so it is watched anew.
    package mutating func resumedByProcess(at now: Int64) {
        stepBegan = now
    }

    /// The block says something else than before: with other steps or another candidate a rollout begins anew, and
    /// with other guards or times it goes on under those.
    package mutating func planned(_ next: RolloutPlan, at now: Int64) -> Action {
        guard next != plan else { return .nothing }
        if next.candidate != plan.candidate || next.steps != plan.steps {
            let before = changes
            self = Rollout(next, at: now)
            changes = Array((before + changes).suffix(ModelMonitoringLimits.rolloutChanges))
            return .change
        }
        plan = next
        return .change
    }

    private mutating func end(_ end: Phase, _ reason: String, at now: Int64) -> Action {
        phase = end
        note(reason, at: now)
        return .change
    }

    private mutating func note(_ reason: String, at now: Int64) {
        changes.append(Change(time: now, phase: phase, share: share, reason: reason))
        if changes.count > ModelMonitoringLimits.rolloutChanges { changes.removeFirst() }
    }
}
