import DynamicBatching
import EventLoops
import HTTPConnections
import LinuxSystem
import ModelRepository
import OpenInferenceProtocol
import Synchronization

/// A large inference request: read by one thread of the compute pool, evaluated by all that are free.
///
/// Reading leaves a `LargeEvaluation`, whose end writes the answer. All of it happens with buffers of the request's
/// own, so that the loop's other clients wait for none of it.
///
/// - Isolation: made on a loop, run on pool threads, finished on the same loop; the lock hands the content over and is
///   never contended.
final class LargeInference: ComputeTask {
    /// What the pool leaves.
    struct Outcome: Sendable {
        var head = HTTP1ResponseHead(.internalServerError)
        var request: ModelMetrics.Request?
        /// Why there is no answer, if there is none.
        var failure = ModelMetrics.FailureReason.other
    }

    private struct Content: ~Copyable {
        /// The request's body, then the answer's.
        var body: ByteBuffer
        var outcome = Outcome()
    }

    let order: InferenceOrder
    let model: ServedModel
    let clock: any MonotonicClock
    let runsShortly: Bool
    /// What the model's queue would do with it; nil if it has none.
    private let policy: BatchPolicy?
    private let bodyByteCountLimit: Int
    private let completion: Mailbox<LargeInference>
    private let content: Mutex<Content>

    /// Bytes of JSON up to which a request is read in a few milliseconds.
    private static let shortByteCount = 1 << 20

    /// Makes a task for the pool.
    ///
    /// - Parameter policy: that of the model's shared queue, whose time-outs count here too; nil without one.
    /// - Parameter bodyByteCountLimit: bytes of the body after inflating.
    init(
        _ order: InferenceOrder, model: ServedModel, policy: BatchPolicy?, body: consuming ByteBuffer,
        bodyByteCountLimit: Int, clock: any MonotonicClock, completion: Mailbox<LargeInference>
    ) {
        self.order = order
        self.model = model
        self.policy = policy
        self.bodyByteCountLimit = bodyByteCountLimit
        self.clock = clock
        self.completion = completion
        // What a compressed body inflates to is not known.
        runsShortly =
            order.contentCoding == .identity && (order.headerLength ?? body.count) <= Self.shortByteCount
        content = Mutex(Content(body: body))
    }

    func run() -> (any SharedWork)? {
        let begin = clock.now()
        do throws(ProtocolError) {
            return try read(begin)
        } catch {
            var answer = ByteBuffer()
            if error == .queueTimeExpired {
                let head = ErrorAnswer.writeOverload(error, to: &answer)
                finish(Outcome(head: head, failure: .rejected), answer)
            } else {
                finish(Outcome(head: ErrorAnswer.write(error, to: &answer)), answer)
            }
            return nil
        }
    }

    /// Gives up a request that has waited for the pool longer than its model lets it wait in its queue.
    private func checkTime(_ request: borrowing InferenceRequest, _ begin: Nanoseconds) throws(ProtocolError) {
        guard let policy else { return }
        let level = policy.levels[policy.level(ofPriority: request.priority)]
        let timeout = level.timeout(ownMicroseconds: request.timeoutMicroseconds)
        if !level.delaysExpired, begin - order.arrival > timeout { throw .queueTimeExpired }
    }

    /// Leaves the answer for the loop.
    func finish(_ outcome: Outcome, _ body: consuming ByteBuffer) {
        var body = body
        content.withLock { content in
            swap(&content.body, &body)
            content.outcome = outcome
        }
        completion.send(self)
    }

    /// Lends what the pool has left; the answer's body may be taken away.
    func withOutcome(_ body: (Outcome, inout ByteBuffer) -> Void) {
        content.withLock { content in body(content.outcome, &content.body) }
    }

    /// Reads the request, but for the rows of binary tensors.
    private func read(_ begin: Nanoseconds) throws(ProtocolError) -> LargeEvaluation {
        let body = try takeBody()
        var request = InferenceRequest()
        var matrix = FeatureMatrix(for: model.signature.input, rowCapacity: 0)
        var id = ByteBuffer()
        try body.withBytes { (bytes) throws(ProtocolError) in
            try request.parse(
                bytes, headerLength: order.headerLength, for: model.signature, into: &matrix, leavesBinaryRows: true)
            id.append(bytes.extracting(request.id))
        }
        try checkTime(request, begin)
        let rows: RequestRows
        if let binaryRows = request.binaryRows {
            rows = RequestRows(binaryRows, in: body, for: model.signature.input)
        } else {
            matrix.advance(by: request.rowCount)
            rows = RequestRows(matrix)
        }
        return LargeEvaluation(
            of: self, model.engine.share(rows, wanted: request.outputs.requested), id: id, outputs: request.outputs,
            begin: begin)
    }

    /// The body, inflated if it was compressed.
    private func takeBody() throws(ProtocolError) -> ByteBuffer {
        var body = ByteBuffer()
        content.withLock { content in swap(&content.body, &body) }
        guard order.contentCoding != .identity else { return body }
        let recoder = ContentRecoder()
        do throws(ContentFault) {
            try recoder.inflate(body.bytes, limit: bodyByteCountLimit)
        } catch {
            throw ProtocolError(error)
        }
        return recoder.takeInflated()
    }
}
