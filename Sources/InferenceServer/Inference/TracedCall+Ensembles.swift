import LinuxSystem
import ModelRepository
import RequestTracing

/// What an ensemble has called for a traced request.
extension TracedCall {
    /// Describes the calls of models that were needed for an answer.
    ///
    /// Steps are evaluated one after the other, so that the time that each has taken tells when it began.
    ///
    /// - Parameter model: any; without models that it calls there are no calls.
    /// - Parameter times: what the model's steps have cost, in their order.
    /// - Parameter begin: of the first step.
    static func calls(by model: ServedModel, _ times: [StepTime], from begin: Nanoseconds) -> [TracedCall] {
        guard !model.members.isEmpty else { return [] }
        var starts: [Nanoseconds] = []
        var now = begin
        for time in times {
            starts.append(now)
            now = now + time.duration
        }
        var calls: [TracedCall] = []
        // Ensembles around the call in work, each with its index.
        var around: [(call: Int, steps: Range<Int>)] = []
        for member in model.members {
            while let last = around.last, !last.steps.contains(member.steps.lowerBound) { around.removeLast() }
            let evaluated = member.steps.filter { times[$0].isEvaluated }
            guard let first = evaluated.first, let last = evaluated.last else { continue }
            calls.append(
                TracedCall(
                    model: member.model.name, version: member.model.version, caller: around.last?.call,
                    start: starts[first], inputEnd: starts[first] + times[first].inputDuration,
                    end: starts[last] + times[last].duration))
            if !member.model.members.isEmpty { around.append((calls.count - 1, member.steps)) }
        }
        return calls
    }
}

extension StepTime {
    fileprivate var inputDuration: Nanoseconds { Nanoseconds(Int64(inputNanoseconds)) }
    fileprivate var duration: Nanoseconds { Nanoseconds(Int64(inputNanoseconds &+ computeNanoseconds)) }
}
