import DynamicBatching
import EventLoops
import HTTPConnections
import LinuxSystem
import ModelRepository
import OpenInferenceProtocol
import Synchronization

/// A large inference request: decoded, evaluated and encoded by a thread of the compute pool.
///
/// The thread does what a loop does for a small request, with buffers of its own, so that the loop's other clients
/// wait for none of it.
///
/// - Isolation: made on a loop, run on a pool thread, finished on the same loop; the lock hands the content over and is
///   never contended.
final class LargeInference: ComputeTask {
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

    let order: InferenceOrder
    private let model: ServedModel
    private let bodyByteCountLimit: Int
    private let clock: any MonotonicClock
    private let completion: Mailbox<LargeInference>
    private let content: Mutex<Content>

    /// Makes a task for the pool.
    ///
    /// - Parameter bodyByteCountLimit: bytes of the body after inflating.
    init(
        _ order: InferenceOrder, model: ServedModel, body: consuming ByteBuffer, bodyByteCountLimit: Int,
        clock: any MonotonicClock, completion: Mailbox<LargeInference>
    ) {
        self.order = order
        self.model = model
        self.bodyByteCountLimit = bodyByteCountLimit
        self.clock = clock
        self.completion = completion
        content = Mutex(Content(body: body))
    }

    func run() {
        content.withLock { content in
            do throws(ProtocolError) {
                try answer(&content)
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

    private func answer(_ content: inout Content) throws(ProtocolError) {
        let begin = clock.now()
        let recoder = ContentRecoder()
        var reply = ByteBuffer(capacity: content.body.count / 4)
        guard order.contentCoding != .identity else {
            content.outcome = try infer(content.body.bytes, &reply, recoder, begin: begin)
            content.body = reply
            return
        }
        do throws(ContentFault) {
            try recoder.inflate(content.body.bytes, limit: bodyByteCountLimit)
        } catch {
            throw ProtocolError(error)
        }
        content.outcome = try recoder.withInflated { (plain) throws(ProtocolError) in
            try infer(plain, &reply, recoder, begin: begin)
        }
        content.body = reply
    }

    /// Decodes, evaluates and encodes.
    private func infer(
        _ body: Span<UInt8>, _ reply: inout ByteBuffer, _ recoder: ContentRecoder, begin: Nanoseconds
    ) throws(ProtocolError) -> Outcome {
        var request = InferenceRequest()
        var matrix = FeatureMatrix(for: model.signature.input, rowCapacity: 0)
        try request.parse(body, headerLength: order.headerLength, for: model.signature, into: &matrix)
        matrix.advance(by: request.rowCount)
        let decoded = clock.now()
        let workspace = model.engine.makeWorkspace(rowCapacity: request.rowCount)
        workspace.evaluate(matrix, wanted: request.outputs.requested)
        let evaluated = clock.now()
        let jsonByteCount = model.signature.responseTemplate.append(
            to: &reply, id: body.extracting(request.id), parameters: Span(), selection: request.outputs,
            columns: workspace.outputs, rows: 0..<request.rowCount)
        let head = recoder.finish(&reply, jsonByteCount: jsonByteCount, acceptedCoding: order.acceptedCoding)
        return Outcome(
            head: head,
            request: ModelMetrics.Request(
                rowCount: request.rowCount,
                decodeNanoseconds: UInt64((decoded - begin).count),
                queueNanoseconds: UInt64((begin - order.arrival).count),
                computeNanoseconds: UInt64((evaluated - decoded).count),
                encodeNanoseconds: UInt64((clock.now() - evaluated).count)))
    }
}
