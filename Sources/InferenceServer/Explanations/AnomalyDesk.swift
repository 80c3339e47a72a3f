import AnomalyExplanation
import EventLoops
import LinuxSystem
import ModelMonitoring
import ModelRepository
import OpenInferenceProtocol

/// One model version's part in explanations on one loop: finds its anomalous rows, copies them, and hands them over
/// when the tick ends.
///
/// The side that explains never makes the loop wait: where it is behind, rows are dropped and counted, and their
/// answers say so.
///
/// - Isolation: the loop's thread.
/// - Complexity: a comparison for each row that is not anomalous, without allocation.
final class AnomalyDesk: EvaluationObserver, TimerHandler {
    let model: ExplainedModel
    /// Looks at the same rows, if somebody does.
    private let next: (any EvaluationObserver)?
    private let worker: Mailbox<ExplanationOrder>
    private let loop: EventLoop
    private var judge: AnomalyJudge
    private var found = AnomalyHits()
    /// The first hit that no answer has told yet.
    private var cursor = 0
    private var records = ByteBuffer()
    private let batches: [AnomalyBatch]
    private var isArmed = false

    /// How long records wait that found no batch.
    private static let patience = Nanoseconds.milliseconds(5)

    init(
        of model: ExplainedModel, before next: (any EvaluationObserver)?, worker: Mailbox<ExplanationOrder>,
        on loop: EventLoop
    ) {
        self.model = model
        self.next = next
        self.worker = worker
        self.loop = loop
        judge = AnomalyJudge(model.rules)
        batches = (0..<AnomalyHandoverLimits.batchesPerLoop).map { _ in AnomalyBatch(of: model) }
    }

    func evaluated(
        _ matrix: borrowing FeatureMatrix, _ rows: Range<Int>, wanted: UInt64, outputs: [OutputColumn],
        at target: Range<Int>
    ) {
        next?.evaluated(matrix, rows, wanted: wanted, outputs: outputs, at: target)
        if !found.hits.isEmpty { found.removeAll() }
        cursor = 0
        found.collect(&judge, matrix, rows, outputs, at: target)
    }

    /// Whether the rows evaluated last have anomalous ones.
    var hasAnomalies: Bool { !found.hits.isEmpty }

    /// Copies a request's anomalous rows for those who explain.
    ///
    /// - Parameter rows: of the batch; requests are answered in their order.
    /// - Parameter context: what the request says; empty for nothing.
    /// - Returns: what the answer says; nil if no row is anomalous.
    func references(
        in rows: Range<Int>, context: Span<UInt8>, _ routed: RoutedAnswer?
    ) -> ExplanationReferences? {
        while cursor < found.hits.count, found.hits[cursor].row < rows.lowerBound { cursor += 1 }
        let start = cursor
        while cursor < found.hits.count, found.hits[cursor].row < rows.upperBound { cursor += 1 }
        if start == cursor { return nil }
        return AnomalyWriting(model: model, routed: routed, time: WallClock.nanosecondsSince1970()).append(
            found, start..<cursor, context: context, to: &records, byteLimit: AnomalyHandoverLimits.waitingByteCount)
    }

    /// Takes records that another thread has made of this model's rows.
    func take(_ made: inout ByteBuffer, rowCount: Int) {
        if records.count + made.count <= AnomalyHandoverLimits.waitingByteCount {
            records.append(made.bytes)
        } else {
            model.dropped(rowCount)
        }
        made.removeAll()
    }

    /// Hands over what has gathered, as far as there is somebody to take it.
    func leave() {
        guard records.count > 0 else { return }
        guard let batch = batches.first(where: { $0.isFree }) else {
            if !isArmed {
                isArmed = true
                _ = loop.arm(self, at: loop.now + Self.patience)
            }
            return
        }
        batch.fill(&records)
        worker.send(.explain(batch))
    }

    func timerFired(on loop: EventLoop) {
        isArmed = false
        leave()
    }
}
