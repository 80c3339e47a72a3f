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
        var count = 0
        // The end of an ensemble may be that of its models.
        repeat {
            count = retiringSlots.count
            retiringSlots.removeAll { slot in
                if isInUse(slot) { return false }
                releasedSlots.insert(slot)
                forgetMetrics(atSlot: slot)
                repository.send(.released(loop: index, slot: slot))
                return true
            }
        } while !retiringSlots.isEmpty && retiringSlots.count < count
    }

    /// Whether a request of a slot is in work: it waits in a batch or a queue, or the pool has it; or an ensemble may
    /// still count calls for it.
    private func isInUse(_ slot: Int) -> Bool {
        !batches.isIdle(atSlot: slot) || !queued.isIdle(atSlot: slot) || largeRequestCounts[slot] > 0
            || routedCounts[slot] > 0 || table.isCalled(slot, besides: releasedSlots)
    }

    // MARK: Counters

    /// Gives each model of the table its counters: those it has, or new ones.
    func adoptMetrics(before: ServingTable) {
        let former = metrics
        let count = table.slots.count
        largeRequestCounts.append(contentsOf: repeatElement(0, count: max(0, count - largeRequestCounts.count)))
        metrics = table.slots.enumerated().map { slot, model in
            let isKept = slot < before.slots.count && before.slots[slot] === model
            guard let model, !isKept else { return slot < former.count ? former[slot] : ModelMetrics() }
            let counters = ModelMetrics()
            state.metrics.adopt(
                counters, for: MetricsRegistry.Key(of: model), loadSeconds: model.loadSeconds,
                model: ObjectIdentifier(model))
            return counters
        }
        adoptMembers(before: before)
        adoptMonitoring(before: before)
        adoptSplits(before: before)
    }

    /// Takes the counters of a model that has ended off the page.
    private func forgetMetrics(atSlot slot: Int) {
        state.metrics.forget(metrics[slot], for: MetricsRegistry.Key(of: table.model(atSlot: slot)))
        forgetExplanations(atSlot: slot)
        forgetDrift(atSlot: slot)
    }
}

extension MetricsRegistry.Key {
    /// How the page labels a model version.
    init(of model: ServedModel) {
        self.init(
            model: model.name, version: model.signature.version, tags: Self.labels(of: model.configuration),
            isRouted: model.split != nil)
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
