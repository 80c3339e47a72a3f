import DynamicBatching
import EventLoops
import HTTPConnections
import LinuxSystem
import ModelRepository
import OpenInferenceProtocol

/// Answers the inference port of one loop.
///
/// An inference request is decoded into its model's batch at once and answered at the end of the tick, when the batch
/// has run, unless its model has a queue for all loops; every other resource is answered on the spot.
///
/// - Isolation: the loop's thread.
/// - Complexity: an inference request allocates nothing once buffers have grown to the load.
final class InferenceHandler: HTTPRequestHandler, TickObserver {
    let loop: EventLoop
    let state: ServerState
    let options: ServerOptions
    let pool: ComputePool
    let clock: any MonotonicClock
    let table: ServingTable
    let batches: TickBatches
    let resources: ResourceAnswers
    /// By slot of the table.
    let metrics: [ModelMetrics]
    let accessLog: AccessLog?
    var request = InferenceRequest()
    let recoder = ContentRecoder()
    /// Exchanges that are free.
    private var exchanges: [InferenceExchange] = []
    /// Where the pool reports what it has finished.
    let finished: Mailbox<LargeInference>
    /// Requests that the pool works on.
    var largeRequests: [ObjectIdentifier: HTTP1Connection] = [:]
    /// Requests that wait in shared queues.
    let queued: QueuedRequests
    let queues: HomeQueues

    init(_ setup: ServingLoop.Setup, on loop: EventLoop) throws(SystemError) {
        self.loop = loop
        state = setup.state
        options = setup.options
        pool = setup.pool
        table = setup.table
        clock = setup.clock
        batches = TickBatches(clock: clock)
        batches.adopt(table)
        resources = ResourceAnswers(setup.table, setup.state, setup.options)
        metrics = table.models.map { _ in ModelMetrics() }
        accessLog = setup.options.accessLog ? AccessLog(setup.state.log, clock: clock) : nil
        finished = try Mailbox()
        queued = QueuedRequests(loop: setup.index, of: setup.queueMailboxes.count)
        queued.adopt(table)
        queues = HomeQueues(setup.index, of: setup.queueMailboxes, on: loop, clock: clock)
        queues.adopt(table)
        exchanges.reserveCapacity(1_024)
        for (model, counters) in zip(table.models, metrics) {
            let key = MetricsRegistry.Key(
                model: model.name, version: model.signature.version, tags: Self.labels(of: model.configuration))
            state.metrics.adopt(counters, for: key, loadSeconds: model.loadSeconds)
        }
        try loop.attach(finished) { [unowned self] task, _ in largeRequestFinished(task) }
        try queues.readMessages { [unowned self] inference in queuedRequestFinished(inference) }
    }

    /// The configuration's tags as labels of metrics; what a label's name may not hold becomes an underscore.
    private static func labels(of configuration: ModelConfiguration) -> [String: String] {
        var labels: [String: String] = [:]
        for tag in configuration.metricTags {
            let name = tag.key.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
            labels[String(name)] = tag.value
        }
        return labels
    }

    func tickEnded(on loop: EventLoop) -> TickContinuation {
        let hasMore = batches.run { slot, batchCount in metrics[slot].executed(batchCount) }
        return queues.tickEnded() == .continueAtOnce || hasMore ? .continueAtOnce : .wait
    }

    func requestArrived(
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, body: Span<UInt8>, reply: inout ByteBuffer,
        on connection: HTTP1Connection
    ) -> HTTPHandling {
        let path = bytes.extracting(head.pathRange)
        accessLog?.arrived(head, bytes, on: connection)
        guard let endpoint = EndpointTable.endpoint(for: path) else {
            return .answered(resources.notFound(to: &reply))
        }
        guard EndpointTable.methods(of: endpoint).contains(HTTPMethodSet(head.method)) else {
            return .answered(resources.methodNotAllowed(endpoint, to: &reply))
        }
        guard case .model(.infer, let name, let version) = endpoint else {
            return .answered(resources.answer(endpoint, path, body, to: &reply))
        }
        return infer(head, path, name: name, version: version, body, &reply, connection)
    }

    func requestRefused(
        _ message: StaticString, status: HTTPStatus, reply: inout ByteBuffer, on connection: HTTP1Connection
    ) {
        state.log.clientFault(message, .init("client", connection.peer.description))
        resources.writeError(message.description, to: &reply)
    }

    func requestAnswered(_ status: HTTPStatus, bodyByteCount: Int, on connection: HTTP1Connection) {
        accessLog?.answered(status, bodyByteCount: bodyByteCount, on: connection)
    }

    func acceptingPaused(_ reason: Listener.Pause) {
        switch reason {
        case .connectionLimit:
            state.log.clientFault("as many connections are open as may be; others wait until one closes")
        case .exhausted(let error):
            state.log.clientFault(
                "no descriptor or memory is left for a new connection; raise the limit (ulimit -n)",
                .init("reason", error.description))
        }
    }

    func clientFinished(_ connection: HTTP1Connection) {
        cancelQueuedRequest(of: connection)
    }

    func connectionClosed(_ connection: HTTP1Connection) {
        cancelQueuedRequest(of: connection)
        accessLog?.closed(connection)
    }

    /// An exchange that nobody uses.
    func takeExchange() -> InferenceExchange {
        exchanges.popLast() ?? InferenceExchange(self)
    }

    /// Takes an exchange back.
    func giveBack(_ exchange: InferenceExchange) {
        exchange.connection = nil
        exchanges.append(exchange)
    }
}
