import Testing

@testable import ModelMonitoring

@Suite struct RolloutTests {
    // Expectations cannot hold calls that change something.
    private static func look(
        _ rollout: inout Rollout, _ figures: RolloutFigures, at now: Int64, _ action: Rollout.Action
    ) {
        let done = rollout.looked(figures, at: now)
        #expect(done == action, "at \(now)")
    }

    private static func plan(
        _ rollout: inout Rollout, _ plan: RolloutPlan, at now: Int64, _ action: Rollout.Action
    ) {
        let done = rollout.planned(plan, at: now)
        #expect(done == action, "at \(now)")
    }

    private static let plan = RolloutPlan(
        candidate: "b", steps: [10, 50, 100], holdSeconds: 600,
        guards: RolloutGuards(
            maxErrorRate: 0.01, maxP95Seconds: 0.05, maxAnomalyRateRatio: 1.5, maxPSI: 0.3, minAccuracy: 0.85,
            minSamples: 100))

    /// A variant that breaks nothing.
    private static func good(_ count: Int = 1_000) -> RolloutFigures {
        var figures = RolloutFigures()
        figures.candidate.requests = count
        figures.candidate.errorRate = 0
        figures.candidate.p95Seconds = 0.01
        figures.candidate.rows = count
        figures.candidate.anomalyRate = 0.1
        figures.candidate.psi = 0.05
        figures.candidate.labels = count
        figures.candidate.accuracy = 0.9
        figures.control = figures.candidate
        return figures
    }

    private static func figures(_ change: (inout RolloutFigures) -> Void) -> RolloutFigures {
        var figures = good()
        change(&figures)
        return figures
    }

    /// Each guard, broken, with what is said then.
    private static let breaches: [(RolloutFigures, String)] = [
        (figures { $0.candidate.errorRate = 0.02 }, "error rate 0.02 is above 0.01"),
        (figures { $0.candidate.p95Seconds = 0.051 }, "p95 latency 0.051 is above 0.05"),
        (figures { $0.candidate.anomalyRate = 0.2 }, "anomaly rate against the control 2 is above 1.5"),
        (figures { $0.candidate.psi = 0.5 }, "PSI 0.5 is above 0.3"),
        (figures { $0.candidate.accuracy = 0.5 }, "accuracy 0.5 is below 0.85"),
        (
            figures {
                $0.control.anomalyRate = 0
                $0.candidate.anomalyRate = 0.01
            }, "anomaly rate against the control 10 is above 1.5"
        ),
    ]

    @Test func `a broken guard ends the rollout at once`() {
        for (figures, reason) in Self.breaches {
            var rollout = Rollout(Self.plan, at: 0)
            Self.look(&rollout, figures, at: 1, .change)
            #expect(rollout.phase == .rolledBack)
            #expect(rollout.share == 0)
            #expect(rollout.changes.last?.reason == "at 10 %: \(reason)")
            Self.look(&rollout, Self.good(), at: 10_000, .nothing)
        }
    }

    @Test func `no guard is judged by fewer samples than it needs`() {
        for (figures, _) in Self.breaches {
            var figures = figures
            figures.candidate.requests = 99
            figures.candidate.rows = 99
            figures.candidate.labels = 99
            var rollout = Rollout(Self.plan, at: 0)
            Self.look(&rollout, figures, at: 10_000, .nothing)
            #expect(rollout.phase == .running)
        }
    }

    @Test func `each step is held for its time and for its samples`() {
        var rollout = Rollout(Self.plan, at: 1_000)
        #expect(rollout.share == 10)
        Self.look(&rollout, Self.good(), at: 1_599, .nothing)
        Self.look(&rollout, Self.good(50), at: 1_600, .nothing)
        Self.look(&rollout, Self.good(), at: 1_700, .change)
        #expect(rollout.share == 50)
        Self.look(&rollout, Self.good(), at: 2_299, .nothing)
        Self.look(&rollout, Self.good(), at: 2_300, .change)
        #expect(rollout.share == 100)
        #expect(rollout.phase == .running)
        Self.look(&rollout, Self.good(), at: 2_900, .change)
        #expect(rollout.phase == .completed)
        #expect(rollout.changes.map(\.share) == [10, 50, 100, 100])
    }

    @Test func `labels are not waited for, and anomalies of the control are`() {
        var rollout = Rollout(Self.plan, at: 0)
        let unlabelled = Self.figures {
            $0.candidate.labels = 0
            $0.candidate.accuracy = nil
        }
        Self.look(&rollout, unlabelled, at: 600, .change)
        Self.look(&rollout, Self.figures { $0.control.rows = 3 }, at: 1_200, .nothing)
    }

    @Test func `a candidate that has everything does not wait for anomalies of a control`() {
        var rollout = Rollout(Self.plan, at: 0)
        let alone = Self.figures { $0.control = RolloutFigures.Variant() }
        Self.look(&rollout, Self.good(), at: 600, .change)
        Self.look(&rollout, alone, at: 1_200, .nothing)
        Self.look(&rollout, Self.good(), at: 1_200, .change)
        Self.look(&rollout, Self.figures { $0.candidate.rows = 3 }, at: 1_800, .nothing)
        Self.look(&rollout, alone, at: 1_800, .change)
        #expect(rollout.phase == .completed)
    }

    /// What came before and a command; whether something changes, the phase and the share.
    private static let commands: [([Rollout.Command], Rollout.Command, Bool, Rollout.Phase, Int)] = [
        ([], .pause, true, .paused, 10),
        ([], .resume, false, .running, 10),
        ([], .promote, true, .promoted, 100),
        ([], .abort, true, .aborted, 0),
        ([.pause], .pause, false, .paused, 10),
        ([.pause], .resume, true, .running, 10),
        ([.pause], .promote, true, .promoted, 100),
        ([.pause], .abort, true, .aborted, 0),
        ([.promote], .pause, false, .promoted, 100),
        ([.promote], .resume, false, .promoted, 100),
        ([.promote], .promote, false, .promoted, 100),
        ([.promote], .abort, false, .promoted, 100),
        ([.abort], .pause, false, .aborted, 0),
        ([.abort], .resume, false, .aborted, 0),
        ([.abort], .promote, false, .aborted, 0),
        ([.abort], .abort, false, .aborted, 0),
    ]

    @Test func `commands do what the table says`() {
        for (before, command, changes, phase, share) in Self.commands {
            var rollout = Rollout(Self.plan, at: 0)
            for earlier in before { _ = rollout.commanded(earlier, at: 5) }
            let unchanged = rollout
            let action = rollout.commanded(command, at: 9)
            #expect(rollout.phase == phase, "\(before) \(command)")
            #expect(rollout.share == share, "\(before) \(command)")
            if changes {
                #expect(action == .change)
                #expect(rollout.changes.last?.time == 9)
            } else {
                guard case .refuse = action else {
                    Issue.record("\(before) \(command) is not refused")
                    continue
                }
                #expect(rollout == unchanged)
            }
        }
    }

    @Test func `nothing moves while it is paused, and the step begins anew behind it`() {
        var rollout = Rollout(Self.plan, at: 0)
        _ = rollout.commanded(.pause, at: 500)
        Self.look(&rollout, Self.breaches[0].0, at: 700, .nothing)
        _ = rollout.commanded(.resume, at: 1_000)
        Self.look(&rollout, Self.good(), at: 1_599, .nothing)
        Self.look(&rollout, Self.good(), at: 1_600, .change)
    }

    @Test func `other steps begin anew, other guards go on, the same plan changes nothing`() {
        var rollout = Rollout(Self.plan, at: 0)
        _ = rollout.looked(Self.good(), at: 600)
        Self.plan(&rollout, Self.plan, at: 700, .nothing)
        var guards = Self.plan
        guards.guards.maxErrorRate = 0.5
        Self.plan(&rollout, guards, at: 700, .change)
        #expect(rollout.share == 50)
        var steps = guards
        steps.steps = [20, 100]
        Self.plan(&rollout, steps, at: 800, .change)
        #expect(rollout.share == 20)
        #expect(rollout.phase == .running)
    }

    @Test func `a process that begins watches the step anew`() {
        var rollout = Rollout(Self.plan, at: 0)
        rollout.resumedByProcess(at: 5_000)
        Self.look(&rollout, Self.good(), at: 5_599, .nothing)
        Self.look(&rollout, Self.good(), at: 5_600, .change)
    }

    @Test func `no more is remembered than is permitted`() {
        var rollout = Rollout(Self.plan, at: 0)
        for time in 0..<Int64(100) {
            _ = rollout.commanded(time % 2 == 0 ? .pause : .resume, at: time)
        }
        #expect(rollout.changes.count == ModelMonitoringLimits.rolloutChanges)
        #expect(rollout.changes.last?.time == 99)
    }

    @Test func `steps that are none are named`() {
        #expect(RolloutPlan.fault(inSteps: []) != nil)
        #expect(RolloutPlan.fault(inSteps: [0, 10]) != nil)
        #expect(RolloutPlan.fault(inSteps: [10, 101]) != nil)
        #expect(RolloutPlan.fault(inSteps: [10, 10]) != nil)
        #expect(RolloutPlan.fault(inSteps: Array(0...ModelMonitoringLimits.rolloutSteps).map { $0 + 1 }) != nil)
        #expect(RolloutPlan.fault(inSteps: [10, 30, 50, 100]) == nil)
    }
}
