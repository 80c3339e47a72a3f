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
        case evaluated(BatchTiming, jsonByteCount: Int?, isFirst: Bool)
        case queueWasFull
        case timeExpired
        case cancelled
    }

    /// What the loop that has read the request needs again for its answer.
    struct Request: Sendable {
        var outputs = OutputSelection(requested: 0, binary: 0)
        var acceptedCoding = ContentCoding.identity
        /// When the request began to be read.
        var arrival = Nanoseconds.zero
    }

    /// What travels.
    struct Content: ~Copyable {
        var order = QueueOrder()
        var request = Request()
        var rows: FeatureMatrix
        /// The identity as a JSON string with its quotation marks; empty if there is none.
        var id = ByteBuffer(capacity: 64)
        var reply = ByteBuffer()
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
    /// - Parameter rows: given away; what is left is empty.
    func begin(_ request: Request, _ order: QueueOrder, id: Span<UInt8>, rows: inout FeatureMatrix) {
        content.withLock { content in
            content.request = request
            content.order = order
            content.id.removeAll()
            content.id.append(id)
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
            let kept = DynamicBatchingLimits.queuedByteCount
            if content.rows.rowCapacity * content.rows.featureCount > kept / MemoryLayout<Float>.stride {
                content.rows = FeatureMatrix(for: model.signature.input, rowCapacity: 0)
            }
            if content.reply.capacity > kept { content.reply.releaseCapacity() }
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
            let jsonByteCount = content.id.withBytes { id in
                model.signature.responseTemplate.append(
                    to: &content.reply, id: id, parameters: Span(), selection: content.request.outputs,
                    columns: workspace.outputs, rows: rows)
            }
            content.outcome = .evaluated(timing, jsonByteCount: jsonByteCount, isFirst: isFirst)
            content.ticket = nil
        }
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
