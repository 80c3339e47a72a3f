import DynamicBatching
import EventLoops
import ModelRepository
import OpenInferenceProtocol

/// How a loop goes from one serving table to the next.
///
/// A table may come in the middle of a tick, with requests in batches and in the pool: what is in work keeps its slot,
/// and so its model, batch and counters. The loop reports a slot to which no name leads any more when nothing of it is
/// in work; only then may it become another model's.
extension InferenceHandler {
    /// Takes a new table and gives the old one back, whose memory is no loop's concern.
    func adopt(_ next: ServingTable) {
        let before = serve(next)
        let retired = Set(next.retiredSlots)
        releasedSlots.formIntersection(retired)
        retiringSlots = next.retiredSlots.filter { !releasedSlots.contains($0) }
        repository.send(.adopted(loop: index, generation: next.generation, former: before))
        releaseIdleSlots()
    }

    /// Reports the slots that are retired and have no work left.
    func releaseIdleSlots() {
        retiringSlots.removeAll { slot in
            if isInUse(slot) { return false }
            releasedSlots.insert(slot)
            forgetMetrics(atSlot: slot)
            repository.send(.released(loop: index, slot: slot))
            return true
        }
    }

    /// Whether a request of a slot is in work: it waits in a batch or a queue, or the pool has it.
    private func isInUse(_ slot: Int) -> Bool {
        !batches.isIdle(atSlot: slot) || !queued.isIdle(atSlot: slot) || largeRequestCounts[slot] > 0
    }

    // MARK: Counters

    /// Gives each model of the table its counters: those it has, or those of the version that it replaces.
    ///
    /// - Source: Triton reuses a reporter of the same labels as long as a model holds it, so that counters go on over a
    ///   reload and begin anew after an unload (`MetricModelReporter::Create`).
    func adoptMetrics(before: ServingTable) {
        let former = metrics
        let count = table.slots.count
        largeRequestCounts.append(contentsOf: repeatElement(0, count: max(0, count - largeRequestCounts.count)))
        metrics = table.slots.enumerated().map { slot, model in
            let isKept = slot < before.slots.count && before.slots[slot] === model
            guard let model, !isKept else { return slot < former.count ? former[slot] : ModelMetrics() }
            let counters = self.former(of: model, in: before).map { former[$0] } ?? ModelMetrics()
            state.metrics.adopt(counters, for: MetricsRegistry.Key(of: model), loadSeconds: model.loadSeconds)
            return counters
        }
    }

    /// The slot of a version that has the same labels and still has counters.
    private func former(of model: ServedModel, in table: ServingTable) -> Int? {
        table.slots.indices.first { slot in
            guard let other = table.slots[slot], other.version == model.version, other.name == model.name else {
                return false
            }
            return !releasedSlots.contains(slot) && MetricsRegistry.Key(of: other) == MetricsRegistry.Key(of: model)
        }
    }

    /// Takes the counters of a version that has ended off the page, unless another load of it goes on with them.
    private func forgetMetrics(atSlot slot: Int) {
        let counters = metrics[slot]
        let isShared = metrics.indices.contains {
            $0 != slot && metrics[$0] === counters && table.slots.indices.contains($0) && table.slots[$0] != nil
                && !releasedSlots.contains($0)
        }
        if !isShared { state.metrics.forget(counters, for: MetricsRegistry.Key(of: table.model(atSlot: slot))) }
    }
}

extension MetricsRegistry.Key {
    /// How the page labels a model version.
    init(of model: ServedModel) {
        self.init(
            model: model.name, version: model.signature.version, tags: Self.labels(of: model.configuration))
    }

    /// The configuration's tags as labels of metrics; what a label's name may not hold becomes an underscore.
    private static func labels(of configuration: ModelConfiguration) -> [String: String] {
        var labels: [String: String] = [:]
        for tag in configuration.metricTags {
            let name = tag.key.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
            labels[String(name)] = tag.value
        }
        return labels
    }
}
