import LinuxSystem
import Testing

@testable import AnomalyExplanation

@Suite struct ExplanationJobTests {
    private enum Event: CaseIterable {
        case began, retrieved, generated, attemptFailed, refused
    }

    private func job(_ state: ExplanationJob.State) -> ExplanationJob {
        var job = ExplanationJob(now: .zero)
        switch state {
        case .queued: break
        case .retrieving: _ = job.began(now: .zero)
        case .generating: (_, _) = (job.began(now: .zero), job.retrieved())
        case .done: (_, _, _) = (job.began(now: .zero), job.retrieved(), job.generated())
        case .failed: _ = job.refused("full")
        }
        #expect(job.state == state)
        return job
    }

    private func tell(_ event: Event, _ job: inout ExplanationJob) -> ExplanationJob.Action {
        switch event {
        case .began: job.began(now: .zero)
        case .retrieved: job.retrieved()
        case .generated: job.generated()
        case .attemptFailed: job.attemptFailed("why", now: .zero)
        case .refused: job.refused("full")
        }
    }

    /// What each event does in each state; in all others nothing.
    private func expected(
        _ state: ExplanationJob.State, _ event: Event
    ) -> (ExplanationJob.State, ExplanationJob.Action)? {
        switch (state, event) {
        case (.queued, .began): (.retrieving, .retrieve)
        case (.queued, .refused): (.failed, .fail(reason: "full"))
        case (.retrieving, .retrieved): (.generating, .generate)
        case (.generating, .generated): (.done, .finish)
        case (.retrieving, .attemptFailed), (.generating, .attemptFailed): (.queued, .retry(at: .milliseconds(400)))
        default: nil
        }
    }

    @Test func `every event in every state does what the table says`() {
        for state in ExplanationJob.State.allCases {
            for event in Event.allCases {
                var job = job(state)
                let before = job
                let action = tell(event, &job)
                if let (next, expectedAction) = expected(state, event) {
                    #expect(job.state == next && action == expectedAction, "\(state), \(event)")
                } else {
                    #expect(job == before && action == .nothing, "\(state), \(event)")
                }
            }
        }
    }

    @Test func `attempts are limited, and the last reason stays`() {
        var job = ExplanationJob(now: .zero)
        var now = Nanoseconds.zero
        for attempt in 1...ExplanationLimits.attempts {
            now = max(now, job.notBefore)
            #expect(job.began(now: now) == .retrieve)
            #expect(job.attempts == attempt)
            let action = job.attemptFailed("reason \(attempt)", now: now)
            if attempt == ExplanationLimits.attempts { #expect(action == .fail(reason: "reason \(attempt)")) }
        }
        #expect(job.state == .failed)
        #expect(job.reason == "reason 3")
        #expect(job.hasEnded)
    }

    @Test func `the next attempt waits, and none begins when the time is over`() {
        var job = job(.retrieving)
        let late = Nanoseconds.seconds(ExplanationLimits.jobSeconds)
        var other = job
        #expect(other.attemptFailed("late", now: late) == .fail(reason: "late"))
        #expect(job.attemptFailed("why", now: .zero) == .retry(at: .milliseconds(400)))
        #expect(job.began(now: .milliseconds(399)) == .nothing)
        #expect(job.began(now: .milliseconds(400)) == .retrieve)
    }

    @Test func `a job that was stored has ended`() {
        #expect(ExplanationJob(ended: .done, reason: "", attempts: 1).hasEnded)
    }
}
