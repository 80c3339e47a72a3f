import LinuxSystem
import ModelMonitoring
import ModelRepository
import OpenInferenceProtocol
import Synchronization

/// A model version whose anomalous rows are explained: what every thread that answers or explains needs of it.
///
/// - Isolation: any thread; the lock is for rows that no loop's batch has evaluated.
final class ExplainedModel: Sendable {
    let name: String
    let version: String
    let plan: ExplanationPlan
    let rules: [AnomalyRule]
    let featureNames: [String]
    /// Nil where nobody has said what is usual.
    let reference: DriftReference?
    /// Who gives rows their numbers.
    let numbers: ExplanationNumbers
    /// Judges rows of queues and of the pool.
    private let judge: Mutex<AnomalyJudge>
    private let dropped = Atomic<UInt64>(0)
    /// Bytes of records on their way from threads of the pool.
    private let travelling = Atomic(0)

    /// Describes a model; nil for one whose rows are not explained.
    init?(_ model: ServedModel, _ numbers: ExplanationNumbers) {
        guard let plan = model.explanation, let anomaly = model.anomaly else { return nil }
        name = model.name
        version = model.signature.version
        self.plan = plan
        rules = anomaly.rules
        let names = model.signature.input.featureNames.names
        featureNames = names.isEmpty ? (0..<model.signature.input.featureCount).map { "feature_\($0)" } : names
        reference = model.drift?.reference
        self.numbers = numbers
        judge = Mutex(AnomalyJudge(anomaly.rules))
    }

    /// Lends who judges rows that no loop's batch has evaluated.
    func withJudge(_ body: (inout AnomalyJudge) -> Void) { judge.withLock { body(&$0) } }

    /// Counts anomalous rows that are not explained.
    func dropped(_ count: Int) { dropped.add(UInt64(count), ordering: .relaxed) }

    var droppedRowCount: UInt64 { dropped.load(ordering: .relaxed) }

    /// Whether records of a thread of the pool may set out; if so, `arrived` takes them off again.
    func setOut(byteCount: Int) -> Bool {
        let count = travelling.add(byteCount, ordering: .relaxed).newValue
        if count <= AnomalyHandoverLimits.travellingByteCount { return true }
        travelling.subtract(byteCount, ordering: .relaxed)
        return false
    }

    func arrived(byteCount: Int) { travelling.subtract(byteCount, ordering: .relaxed) }
}
