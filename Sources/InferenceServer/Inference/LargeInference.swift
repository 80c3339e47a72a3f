import DynamicBatching
import EventLoops
import HTTPConnections
import LinuxSystem
import ModelRepository
import OpenInferenceProtocol
import Synchronization

/// An inference request with a large body: decoded, evaluated and encoded by a thread of the compute pool.
///
/// The thread does what a loop does for a small request, with buffers of its own, so that the loop's other clients
/// wait for none of it.
///
/// - Isolation: made on a loop, run on a pool thread, finished on the same loop; the lock hands the content over and is
///   never contended.
final class LargeInference: ComputeTask {
    /// What the request brought.
    struct Order: Sendable {
        var slot: Int
        var headerLength: Int?
        var contentCoding: ContentCoding
        var acceptedCoding: ContentCoding
        var inputByteCountLimit: Int
        var arrival: Nanoseconds
    }

    /// What the pool thread leaves.
    struct Outcome: Sendable {
        var head = HTTP1ResponseHead(.internalServerError)
        var request: ModelMetrics.Request?
    }

    private struct Content: ~Copyable {
        /// The request's body, then the answer's.
        var body: ByteBuffer
        var outcome = Outcome()
    }

    let order: Order
    private let model: ServedModel
    private let completion: Mailbox<LargeInference>
    private let content: Mutex<Content>

    init(
        _ order: Order, model: ServedModel, body: consuming ByteBuffer, completion: Mailbox<LargeInference>
    ) {
        self.order = order
        self.model = model
        self.completion = completion
        content = Mutex(Content(body: body))
    }

    func run() {
        content.withLock { content in
            let begin = SystemClock().now()
            do throws(ProtocolError) {
                try answer(&content, begin: begin)
            } catch {
                content.body.removeAll()
                content.outcome.head = ErrorAnswer.write(error, to: &content.body)
            }
        }
        completion.send(self)
    }

    /// Lends what the pool thread has left.
    func withOutcome(_ body: (Outcome, borrowing ByteBuffer) -> Void) {
        content.withLock { content in body(content.outcome, content.body) }
    }

    private func answer(_ content: inout Content, begin: Nanoseconds) throws(ProtocolError) {
        let clock = SystemClock()
        try inflate(&content.body)
        var request = InferenceRequest()
        var matrix = FeatureMatrix(featureCount: model.signature.input.featureCount, rowCapacity: 0)
        try request.parse(
            content.body.bytes, headerLength: order.headerLength, for: model.signature, into: &matrix)
        matrix.advance(by: request.rowCount)
        let decoded = clock.now()
        let workspace = model.engine.makeWorkspace(rowCapacity: request.rowCount)
        matrix.withRows {
            workspace.evaluate(rows: $0, rowCount: request.rowCount, wanted: request.outputs.requested)
        }
        let evaluated = clock.now()
        var reply = ByteBuffer(capacity: content.body.count / 4)
        let jsonByteCount = model.signature.responseTemplate.append(
            to: &reply, id: content.body.bytes.extracting(request.id), parameters: Span(),
            selection: request.outputs, columns: workspace.outputs, rows: 0..<request.rowCount)
        content.outcome.head = HTTP1ResponseHead(.ok, jsonByteCount == nil ? .json : .octetStream)
        if let jsonByteCount { content.outcome.head.inferenceHeaderByteCount = jsonByteCount }
        compress(&reply, &content.outcome.head)
        content.body = reply
        content.outcome.request = ModelMetrics.Request(
            rowCount: request.rowCount,
            decodeNanoseconds: UInt64((decoded - begin).count),
            queueNanoseconds: UInt64((begin - order.arrival).count),
            computeNanoseconds: UInt64((evaluated - decoded).count),
            encodeNanoseconds: UInt64((clock.now() - evaluated).count))
    }

    private func inflate(_ body: inout ByteBuffer) throws(ProtocolError) {
        guard order.contentCoding != .identity else { return }
        var plain = ByteBuffer()
        do throws(ContentFault) {
            try ContentDecoder().inflate(body.bytes, limit: order.inputByteCountLimit, into: &plain)
        } catch {
            throw ProtocolError(.invalidArgument, error.message.description)
        }
        body = plain
    }

    private func compress(_ reply: inout ByteBuffer, _ head: inout HTTP1ResponseHead) {
        guard order.acceptedCoding != .identity, reply.count >= ContentEncoder.bodyByteCountFloor else { return }
        var compressed = ByteBuffer()
        if ContentEncoder().deflate(reply.bytes, as: order.acceptedCoding, into: &compressed) {
            head.contentCoding = order.acceptedCoding
            reply = compressed
        }
    }
}
