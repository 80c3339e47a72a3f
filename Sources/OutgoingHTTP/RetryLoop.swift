import LinuxSystem

/// Repeats an attempt as a policy says, with time and chance given from outside.
struct RetryLoop {
    let policy: RetryPolicy
    let clock: any MonotonicClock
    /// Waits and says whether nobody has interrupted.
    let wait: (Nanoseconds) -> Bool
    let jitter: () -> Double

    /// Runs attempts until one counts.
    ///
    /// - Parameter attempt: is told how much of the total time is left.
    func run(
        _ attempt: (_ remaining: Nanoseconds) throws(OutgoingFault) -> OutgoingResponse
    ) throws(OutgoingFault) -> OutgoingResponse {
        let end = clock.now() + policy.totalTimeout
        var number = 1
        while true {
            let outcome: Result<OutgoingResponse, OutgoingFault>
            do throws(OutgoingFault) {
                outcome = .success(try attempt(end - clock.now()))
            } catch {
                outcome = .failure(error)
            }
            let decision = policy.decide(
                after: RetryPolicy.Outcome(outcome), attempt: number, remaining: end - clock.now(), jitter: jitter())
            guard case .retry(let delay) = decision, wait(delay) else {
                var response = try outcome.get()
                response.attemptCount = number
                return response
            }
            number += 1
        }
    }
}

extension RetryPolicy.Outcome {
    init(_ result: Result<OutgoingResponse, OutgoingFault>) {
        switch result {
        case .success(let response): self = .answered(status: response.status, retryAfter: response.retryAfter)
        case .failure(let fault): self = .failed(fault.kind)
        }
    }
}
