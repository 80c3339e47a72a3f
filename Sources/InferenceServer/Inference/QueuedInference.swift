import DynamicBatching
import HTTPConnections
import LinuxSystem
import ModelRepository
import OpenInferenceProtocol
import Synchronization

/// An inference request on its way through a shared queue: from the loop that has read it to the queue's, and back with
/// its answer.
///
/// Objects are used again and again; a loop has as many for a model as requests were ever in work at once.
///
/// - Isolation: one loop at a time, the one that a message has handed it to; the lock hands the content over and is
///   never contended.
final class QueuedInference: QueuedMember {
    /// How a request's time in the queue has ended.
    enum Outcome: Sendable {
        /// The answer stands in the reply, without compression.
        ///
        /// - Parameter jsonByteCount: bytes of the JSON part before binary tensors; nil without any.
        /// - Parameter positiveRowCount: rows whose result is 1; nil if nothing was predicted.
        case evaluated(BatchTiming, jsonByteCount: Int?, isFirst: Bool, positiveRowCount: Int?)
        /// What was computed could not be answered.
        case failed(ProtocolError, BatchTiming, isFirst: Bool)
        case queueWasFull
        case timeExpired
        case cancelled
    }

    /// What the loop that has read the request needs again for its answer.
    struct Request: Sendable {
        var outputs = OutputSelection(requested: 0, binary: 0)
        var acceptedCoding = ContentCoding.identity
        var form = AnswerForm()
        /// What the answer says besides, if the request has named a split.
        var routed: RoutedAnswer?
        /// Where the model's predictions are kept; nil for nowhere.
        var monitored: MonitoredModel?
        /// Who explains its anomalous rows; nil for nobody.
        var explained: ExplainedModel?
        /// When the request began to be read.
        var arrival = Nanoseconds.zero
    }

    /// What travels.
    struct Content: ~Copyable {
        var order = QueueOrder()
        var request = Request()
        /// The outputs that the request's selection marks as special.
        var special: [SpecialOutput] = []
        var rows: FeatureMatrix
        /// The identity as a JSON string with its quotation marks; empty if there is none.
        var id = ByteBuffer(capacity: 64)
        var reply = ByteBuffer()
        /// What is to be kept of the predictions.
        var records = ByteBuffer()
        /// What the request says for explanations; empty for nothing.
        var context = ByteBuffer()
        /// Anomalous rows for those who explain, and what the answer says about them.
        var anomalies = ByteBuffer()
        var references: ExplanationReferences?
        /// The place in the queue, while it has one.
        var ticket: SharedQueue.Ticket?
        var outcome = Outcome.cancelled
    }

    let model: ServedModel
    /// The loop that has read the request, and the one that its queue is at home on.
    let originLoop: Int
    let homeLoop: Int
    private let content: Mutex<Content>

    init(for model: ServedModel, originLoop: Int, homeLoop: Int) {
        self.model = model
        self.originLoop = originLoop
        self.homeLoop = homeLoop
        content = Mutex(Content(rows: FeatureMatrix(for: model.signature.input, rowCapacity: 0)))
    }

    // MARK: On the loop that has read the request

    /// Takes a request up.
    ///
    /// - Parameter special: the outputs that the request's selection marks as such.
    /// - Parameter rows: given away; what is left is empty.
    func begin(
        _ request: Request, _ order: QueueOrder, id: Span<UInt8>, special: [SpecialOutput] = [],
        context: consuming ByteBuffer = ByteBuffer(), rows: inout FeatureMatrix
    ) {
        var context = context
        content.withLock { content in
            content.request = request
            content.order = order
            content.id.removeAll()
            content.id.append(id)
            swap(&content.context, &context)
            content.special.append(contentsOf: special)
            swap(&content.rows, &rows)
        }
        rows.removeAll()
    }

    /// Lends what has come back.
    func withContent(_ body: (inout Content) -> Void) {
        content.withLock { content in body(&content) }
    }

    /// Empties what is kept for the next request, and gives back the memory of an exceptionally large one.
    func end() {
        content.withLock { content in
            content.rows.removeAll()
            content.reply.removeAll()
            content.records.removeAll()
            content.anomalies.removeAll()
            content.references = nil
            // Regions are not kept for longer than their request.
            content.special.removeAll(keepingCapacity: true)
            let kept = DynamicBatchingLimits.queuedByteCount
            if content.rows.rowCapacity * content.rows.featureCount > kept / MemoryLayout<Float>.stride {
                content.rows = FeatureMatrix(for: model.signature.input, rowCapacity: 0)
            }
            if content.reply.capacity > kept { content.reply.releaseCapacity() }
            if content.records.capacity > kept { content.records.releaseCapacity() }
            if content.anomalies.capacity > kept { content.anomalies.releaseCapacity() }
        }
    }

    // MARK: On the loop of the queue

    var order: QueueOrder { content.withLock { $0.order } }

    /// The place in the queue; nil before the request has come and after it has left.
    var ticket: SharedQueue.Ticket? {
        get { content.withLock { $0.ticket } }
        set { content.withLock { $0.ticket = newValue } }
    }

    func appendRows(to matrix: inout FeatureMatrix) {
        content.withLock { matrix.append($0.rows) }
    }

    func batchEvaluated(
        _ workspace: any InferenceWorkspace, rows: Range<Int>, timing: BatchTiming, isFirst: Bool
    ) {
        content.withLock { content in
            content.ticket = nil
            let prediction = record(workspace, rows, &content)
            findAnomalies(workspace, rows, &content)
            let answer = InferenceAnswer(
                signature: content.request.routed?.variant.signature ?? model.signature,
                outputs: content.request.outputs, special: content.special,
                columns: workspace.outputs, rows: rows, prediction: prediction, explanations: content.references)
            let jsonByteCount: Int?
            do throws(ProtocolError) {
                jsonByteCount = try content.id.withBytes { (id) throws(ProtocolError) in
                    try answer.write(content.request.form, id: id, to: &content.reply)
                }
            } catch {
                content.records.removeAll()
                content.outcome = .failed(error, timing, isFirst: isFirst)
                return
            }
            let positives =
                model.anomaly?.firingRowCount(workspace.outputs, rows: rows)
                ?? workspace.positiveRowCount(of: rows, wanted: content.request.outputs.requested)
            content.outcome = .evaluated(
                timing, jsonByteCount: jsonByteCount, isFirst: isFirst, positiveRowCount: positives)
        }
    }

    /// Notes what is to be kept of the predictions; the loop that has read the request hands it on.
    private func record(
        _ workspace: any InferenceWorkspace, _ rows: Range<Int>, _ content: inout Content
    ) -> PredictionIdentity? {
        guard let monitored = content.request.monitored, let epoch = monitored.epoch, !rows.isEmpty else { return nil }
        guard rows.count <= monitored.rowLimit, let first = monitored.takeSequences(rows.count) else {
            monitored.dropped(rows.count)
            return nil
        }
        let identity = PredictionIdentity(epoch: epoch, sequence: first)
        let writing = content.id.withBytes { id in
            PredictionWriting(
                monitored.plan, version: model.version, first: identity.sequence, id: id, content.request.routed,
                time: WallClock.nanosecondsSince1970())
        }
        writing.append(workspace.outputs, rows: rows, to: &content.records)
        return identity
    }

    /// Copies anomalous rows; the loop that has read the request hands them on.
    private func findAnomalies(
        _ workspace: any InferenceWorkspace, _ rows: Range<Int>, _ content: inout Content
    ) {
        guard let explained = content.request.explained else { return }
        var found = AnomalyHits()
        explained.withJudge { judge in
            found.collect(&judge, content.rows, 0..<rows.count, workspace.outputs, at: rows)
        }
        if found.hits.isEmpty { return }
        let writing = AnomalyWriting(
            model: explained, routed: content.request.routed, time: WallClock.nanosecondsSince1970())
        var anomalies = ByteBuffer()
        content.references = content.context.withBytes { context in
            writing.append(
                found, 0..<found.hits.count, context: context, to: &anomalies,
                byteLimit: AnomalyHandoverLimits.waitingByteCount)
        }
        swap(&content.anomalies, &anomalies)
    }

    func timeExpired() { left(.timeExpired) }

    /// Notes how the request's time in the queue has ended, other than by its evaluation.
    func left(_ outcome: Outcome) {
        content.withLock { content in
            content.outcome = outcome
            content.ticket = nil
        }
    }
}
