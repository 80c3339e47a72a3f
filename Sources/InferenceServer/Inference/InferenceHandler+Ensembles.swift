import DynamicBatching
import ModelRepository

/// What an ensemble's requests are for the models that it calls: requests of theirs, as in Triton.
///
/// A request to an ensemble counts as one for each call of a model that was needed for the answer, with the time that
/// the call has taken its batch. It has waited in no queue and was encoded for nobody.
extension InferenceHandler {
    /// Finds the counters of the models that ensembles of the table call.
    ///
    /// An ensemble's models stay what they are as long as it does, and so do their counters.
    func adoptMembers(before: ServingTable) {
        let former = memberMetrics
        memberMetrics = table.slots.enumerated().map { slot, model in
            guard let model, !model.members.isEmpty, model.split == nil else { return [] }
            if slot < before.slots.count, before.slots[slot] === model, slot < former.count { return former[slot] }
            return model.members.compactMap { member in
                metrics(of: member.model).map { EnsembleCounters(metrics: $0, steps: member.steps) }
            }
        }
    }

    private func metrics(of model: ServedModel) -> ModelMetrics? {
        table.slots.firstIndex { $0 === model }.map { metrics[$0] }
    }

    /// Counts one request of an ensemble for the models that it calls.
    func countMembers(_ times: [StepTime], rowCount: Int, slot: Int) {
        for member in memberMetrics[slot] {
            var isCalled = false
            var request = ModelMetrics.Request(
                rowCount: rowCount, decodeNanoseconds: 0, queueNanoseconds: 0, computeNanoseconds: 0,
                encodeNanoseconds: 0)
            for step in member.steps where times[step].isEvaluated {
                isCalled = true
                request.decodeNanoseconds &+= times[step].inputNanoseconds
                request.computeNanoseconds &+= times[step].computeNanoseconds
            }
            if isCalled { member.metrics.answered(request) }
        }
    }

    /// Counts the batches of an ensemble for the models that it calls.
    func countMemberExecutions(_ times: [StepTime], _ batch: BatchExecution, slot: Int) {
        for member in memberMetrics[slot] {
            var isCalled = false
            var execution = batch
            (execution.readNanoseconds, execution.computeNanoseconds) = (0, 0)
            for step in member.steps where times[step].isEvaluated {
                isCalled = true
                execution.readNanoseconds += Int64(times[step].inputNanoseconds)
                execution.computeNanoseconds += Int64(times[step].computeNanoseconds)
            }
            if isCalled { member.metrics.executed(execution) }
        }
    }
}
