import DurableState
import LinuxSystem
import ModelMonitoring
import ModelRepository
import TrafficSplitting

/// What the variants of one split have done: the experiment behind its name.
///
/// - Isolation: the monitoring thread.
final class SplitMonitor {
    /// What one variant's labels say.
    struct VariantFigures {
        var rowCount = 0
        var firingRowCount = 0
        var accuracy = AccuracySums()
        /// Of predictions since the present step of a rollout began.
        var stepAccuracy = AccuracySums()
    }

    private(set) var split: TrafficSplit
    let hash: UInt32
    private var indexes: [UInt32: Int]
    /// The weights that hold now, as shares.
    private(set) var shares: [Double]
    private(set) var variants: [VariantFigures]
    /// By anomalies, and by predictions that turned out right.
    private(set) var anomalies: Experiment
    private(set) var hits: Experiment
    private(set) var history = ExperimentHistory()
    /// When the present step of a rollout began, nanoseconds since 1970.
    private var stepBegan = Int64.min

    init(_ split: TrafficSplit, weights: [VariantWeight]) {
        self.split = split
        hash = PredictionWriting.hash(ofName: split.name)
        indexes = [:]
        for (index, variant) in split.variants.enumerated() {
            indexes[PredictionWriting.hash(ofName: variant.name)] = index
        }
        shares = VariantAssignment.shares(weights)
        variants = split.variants.map { _ in VariantFigures() }
        anomalies = Experiment(variantCount: split.variants.count)
        hits = Experiment(variantCount: split.variants.count)
    }

    /// Whether another split has the same variants, so that what was counted goes on.
    func isSame(as other: TrafficSplit) -> Bool {
        split.name == other.name && split.variants.map(\.name) == other.variants.map(\.name)
            && split.variants.map(\.model) == other.variants.map(\.model)
    }

    /// Takes the split as it serves now.
    func adopt(_ next: TrafficSplit, weights: [VariantWeight]) {
        split = next
        shares = VariantAssignment.shares(weights)
    }

    /// A step of a rollout has begun: what is judged from now on is what is predicted from now on.
    func stepBegan(at nanosecondsSince1970: Int64) {
        stepBegan = nanosecondsSince1970
        for index in variants.indices { variants[index].stepAccuracy = AccuracySums() }
    }

    /// A row was predicted.
    func predicted(_ record: PredictionRecord) {
        guard record.splitHash == hash, let index = indexes[record.variantHash] else { return }
        variants[index].rowCount += 1
        if record.fires { variants[index].firingRowCount += 1 }
        anomalies.observe(
            variant: index, key: record.keyHash, count: 1, sum: record.fires ? 1 : 0, weights: shares)
    }

    /// The truth about a row has become known.
    func labelled(_ record: PredictionRecord) {
        guard record.splitHash == hash, let index = indexes[record.variantHash] else { return }
        let outcome = LabelledOutcome(
            actual: Int(record.label), predicted: Int(record.predicted),
            probability: record.probability.isNaN ? nil : Double(record.probability))
        variants[index].accuracy.add(outcome)
        if record.time >= stepBegan { variants[index].stepAccuracy.add(outcome) }
        hits.observe(
            variant: index, key: record.keyHash, count: 1, sum: record.label == record.predicted ? 1 : 0,
            weights: shares)
    }

    /// Looks at the comparisons once more, as somebody does who may stop at any time.
    ///
    /// - Parameter now: seconds since 1970.
    func look(now: Int64) {
        anomalies.look()
        hits.look()
        history.note(self, now: now)
    }
}
