import AnomalyExplanation
import EventLoops
import LinuxSystem
import ModelRepository
import OpenInferenceProtocol
import Synchronization

/// Finds the anomalous rows of one large request, whichever threads evaluate them.
///
/// - Isolation: any thread; the lock is taken for each block of rows.
final class SharedAnomalyObserver: EvaluationObserver, Sendable {
    private let model: ExplainedModel
    /// Looks at the same rows, if somebody does.
    private let next: SharedDriftObserver?
    private let worker: Mailbox<ExplanationOrder>
    private let found = Mutex(AnomalyHits())

    init(of model: ExplainedModel, before next: SharedDriftObserver?, worker: Mailbox<ExplanationOrder>) {
        self.model = model
        self.next = next
        self.worker = worker
    }

    func evaluated(
        _ matrix: borrowing FeatureMatrix, _ rows: Range<Int>, wanted: UInt64, outputs: [OutputColumn],
        at target: Range<Int>
    ) {
        next?.evaluated(matrix, rows, wanted: wanted, outputs: outputs, at: target)
        model.withJudge { judge in
            found.withLock { found in found.collect(&judge, matrix, rows, outputs, at: target) }
        }
    }

    /// Hands the anomalous rows over.
    ///
    /// - Parameter context: what the request says; empty for nothing.
    /// - Returns: what the answer says; nil if no row is anomalous.
    func handOver(context: Span<UInt8>, _ routed: RoutedAnswer?) -> ExplanationReferences? {
        var records = ByteBuffer()
        let references = found.withLock { found -> ExplanationReferences? in
            if found.hits.isEmpty { return nil }
            found.sort()
            return AnomalyWriting(model: model, routed: routed, time: WallClock.nanosecondsSince1970()).append(
                found, 0..<found.hits.count, context: context, to: &records,
                byteLimit: AnomalyHandoverLimits.travellingByteCount)
        }
        guard let references, references.count > 0 else { return references }
        guard model.setOut(byteCount: records.count) else {
            model.dropped(references.count)
            return ExplanationReferences(
                first: references.first, count: 0, droppedCount: references.count + references.droppedCount)
        }
        let batch = AnomalyBatch(of: model, isSingle: true)
        batch.fill(&records)
        worker.send(.explain(batch))
        return references
    }
}
