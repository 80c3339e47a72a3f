import DynamicBatching
import EventLoops
import HTTPConnections
import LinuxSystem
import ModelRepository
import OpenInferenceProtocol
import Synchronization
import TrafficSplitting

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
        var head = HTTPResponseHead(.internalServerError)
        var request: ModelMetrics.Request?
        /// What was evaluated, also if it could not be answered.
        var execution: BatchExecution?
        /// The request's identity as a JSON string; empty if it has none or could not be read.
        var id: [UInt8] = []
        /// What the steps of an ensemble have cost all threads together.
        var stepTimes: [StepTime] = []
        /// Who has answered a request to a split.
        var routed: RoutedAnswer?
        /// What the answer says about anomalous rows; nil for nothing.
        var references: ExplanationReferences?
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
    /// Finds the variant that answers; nil for a request to no split.
    private let router: SplitRouter?
    /// What the model's queue would do with it; nil if it has none.
    private let policy: BatchPolicy?
    private let bodyByteCountLimit: Int
    /// The regions that were registered when the request came; they stay until it is answered.
    private let regions: RegionTable?
    /// Looks at the rows; nil if nobody does.
    let watch: LargeWatch?
    private let completion: Mailbox<LargeInference>
    private let content: Mutex<Content>
    private let isGivenUp = Atomic(false)

    /// Bytes of JSON up to which a request is read in a few milliseconds.
    private static let shortByteCount = 1 << 20
    /// Bytes of regions up to which the same holds.
    private static let shortRegionByteCount = 16 << 20

    /// Makes a task for the pool.
    ///
    /// - Parameter router: that of the split, if the request is to one.
    /// - Parameter policy: that of the model's shared queue, whose time-outs count here too; nil without one.
    /// - Parameter bodyByteCountLimit: bytes of the body after inflating.
    /// - Parameter regions: the memory that the request may name; nil for none.
    /// - Parameter watch: looks at the rows; nil if nobody does.
    init(
        _ order: InferenceOrder, model: ServedModel, router: SplitRouter? = nil, policy: BatchPolicy?,
        body: consuming ByteBuffer, bodyByteCountLimit: Int, regions: RegionTable? = nil, watch: LargeWatch? = nil,
        clock: any MonotonicClock,
        completion: Mailbox<LargeInference>
    ) {
        self.regions = regions
        self.watch = watch
        self.order = order
        self.model = model
        self.router = router
        self.policy = policy
        self.bodyByteCountLimit = bodyByteCountLimit
        self.clock = clock
        self.completion = completion
        // What a compressed body inflates to is not known.
        runsShortly =
            order.contentCoding == .identity && (order.headerLength ?? body.count) <= Self.shortByteCount
            && order.regionByteCount <= Self.shortRegionByteCount
        content = Mutex(Content(body: body))
    }

    /// Whether nobody waits for the answer any more.
    var isCancelled: Bool { isGivenUp.load(ordering: .relaxed) }

    /// Lets the pool go on with something else as soon as it can; the task finishes without an answer.
    func cancel() { isGivenUp.store(true, ordering: .relaxed) }

    func run() -> (any SharedWork)? {
        if isCancelled {
            finish(Outcome(failure: .canceled), ByteBuffer())
            return nil
        }
        let begin = clock.now()
        do throws(ProtocolError) {
            return try read(begin)
        } catch {
            var answer = ByteBuffer()
            if error == .queueTimeExpired {
                let head = ErrorAnswer.writeOverload(error, order.form, to: &answer)
                finish(Outcome(head: head, failure: .rejected), answer)
            } else {
                finish(Outcome(head: ErrorAnswer.write(error, order.form, to: &answer)), answer)
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
        let routed = try route(body)
        let model = routed?.variant.member ?? model
        let signature = routed?.variant.signature ?? model.signature
        if order.form.kind == .embeddings { return try readTexts(body, begin) }
        var request = InferenceRequest(regions: regions)
        var matrix = FeatureMatrix(for: signature.input, rowCapacity: 0)
        var id = ByteBuffer()
        var context = ByteBuffer()
        let anomalies = watch?.anomalies(of: model)
        try body.withBytes { (bytes) throws(ProtocolError) in
            if order.form.isMessage {
                try request.open(order.message, in: bytes)
                try request.parseMessage(in: bytes, for: signature, into: &matrix, leavesBinaryRows: true)
            } else {
                try request.parse(
                    bytes, headerLength: order.headerLength, for: signature, into: &matrix, leavesBinaryRows: true)
            }
            request.appendID(from: bytes, to: &id)
            if anomalies != nil { try request.appendExplanationContext(from: bytes, to: &context) }
        }
        try checkTime(request, begin)
        let rows: RequestRows
        if let binaryRows = request.binaryRows {
            let bytes = binaryRows.areFromRegion ? request.takeRegionBytes() : body
            rows = RequestRows(binaryRows, in: bytes, for: signature.input)
        } else {
            matrix.advance(by: request.rowCount)
            rows = RequestRows(matrix)
        }
        var form = order.form
        form.tellsFinal = form.kind == .streamed && request.wantsFinalResponse
        let watched = watch?.entry(of: model)
        let wanted =
            request.outputs.requested | (watched?.monitored?.plan.wanted ?? 0) | (model.anomaly?.wanted ?? 0)
        let observer: (any EvaluationObserver & Sendable)?
        if let anomalies { observer = anomalies } else { observer = watched?.drift }
        let evaluation = model.engine.share(rows, wanted: wanted, observer: observer)
        return LargeEvaluation(
            of: self, form, evaluation, model: model,
            signature: signature, routed, id: id, outputs: request.outputs, special: request.specialOutputs,
            anomalies: anomalies, context: context, begin: begin)
    }

    /// Reads a request of OpenAI's form.
    private func readTexts(
        _ body: borrowing ByteBuffer, _ begin: Nanoseconds
    ) throws(ProtocolError) -> LargeEvaluation {
        var matrix = FeatureMatrix(for: model.signature.input, rowCapacity: 0)
        let request = try body.withBytes { (bytes) throws(ProtocolError) in
            try EmbeddingsRequest(bytes, for: model.signature, into: &matrix)
        }
        matrix.advance(by: request.count)
        var form = order.form
        form.isBase64 = request.isBase64
        return LargeEvaluation(
            of: self, form, model.engine.share(RequestRows(matrix), wanted: 1), model: model,
            signature: model.signature, id: ByteBuffer(), outputs: OutputSelection(requested: 1, binary: 0),
            special: [], begin: begin)
    }

    /// Decides who answers a request to a split; nil for any other.
    private func route(_ body: borrowing ByteBuffer) throws(ProtocolError) -> RoutedAnswer? {
        guard var routing = order.routing, let router else { return nil }
        var scratch = ByteBuffer()
        let variant = try body.withBytes { (bytes) throws(ProtocolError) in
            try routing.decide(by: router, order, bytes, scratch: &scratch, Self.missingKey)
        }
        return RoutedAnswer(
            variant: variant, keyHash: routing.keyHash ?? 0, newKey: routing.newKey, isSecure: routing.isSecure)
    }

    private static var missingKey: StickyKey {
        preconditionFailure("a request that may need a new key has one when it comes to the pool")
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
