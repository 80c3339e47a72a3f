/// What a rollout is to do: the `rollout` block of a split.
package struct RolloutPlan: Equatable, Sendable {
    /// The name of the variant whose share grows.
    package var candidate: String
    /// Its shares in percent, ascending; 100 ends the rollout.
    package var steps: [Int]
    /// How long each step is watched before the next one.
    package var holdSeconds: Int64
    package var guards: RolloutGuards

    /// A plan.
    ///
    /// - Precondition: steps are ascending percents from 1 to 100, at least one and at most the limit.
    package init(candidate: String, steps: [Int], holdSeconds: Int64, guards: RolloutGuards = RolloutGuards()) {
        precondition(Self.fault(inSteps: steps) == nil, "a plan has usable steps")
        self.candidate = candidate
        self.steps = steps
        self.holdSeconds = holdSeconds
        self.guards = guards
    }

    /// What is wrong with steps; nil if nothing is.
    package static func fault(inSteps steps: [Int]) -> String? {
        if steps.isEmpty { return "a rollout has at least one step" }
        if steps.count > ModelMonitoringLimits.rolloutSteps {
            return "a rollout has at most \(ModelMonitoringLimits.rolloutSteps) steps"
        }
        if !steps.allSatisfy({ (1...100).contains($0) }) { return "steps are percents from 1 to 100" }
        let isAscending = zip(steps, steps.dropFirst()).allSatisfy { $0 < $1 }
        return isAscending ? nil : "each step is larger than the one before"
    }
}
