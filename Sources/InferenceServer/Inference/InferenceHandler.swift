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
    /// What this loop is called in reports.
    let index: Int
    /// Where the loop tells what has become of tables and slots.
    let repository: Mailbox<RepositoryOrder>
    let access: AdminAccess
    private(set) var table: ServingTable
    let batches: TickBatches
    let resources: ResourceAnswers
    /// By slot of the table; of a free slot those of its last model.
    var metrics: [ModelMetrics] = []
    /// Large requests in work by slot.
    var largeRequestCounts: [Int] = []
    /// Slots that no request gets any more, until nothing of them is in work.
    var retiringSlots: [Int] = []
    /// Slots that were retired in the last table and have been reported.
    var releasedSlots: Set<Int> = []
    let accessLog: AccessLog?
    var request = InferenceRequest()
    let recoder = ContentRecoder()
    /// Exchanges that are free.
    private var exchanges: [InferenceExchange] = []
    /// Where the pool reports what it has finished.
    let finished: Mailbox<LargeInference>
    /// Requests that the pool works on.
    var largeRequests: [ObjectIdentifier: HTTP1Connection] = [:]
    /// Where the thread of the repository leaves the answers of calls.
    let finishedCalls: Mailbox<RepositoryCall>
    /// Calls that the thread of the repository works on.
    var repositoryCalls: [ObjectIdentifier: HTTP1Connection] = [:]
    /// Requests that wait in shared queues.
    let queued: QueuedRequests
    let queues: HomeQueues

    init(_ setup: ServingLoop.Setup, on loop: EventLoop) throws(SystemError) {
        self.loop = loop
        state = setup.state
        options = setup.options
        pool = setup.pool
        index = setup.index
        repository = setup.repository
        access = setup.access
        table = ServingTable(models: [], names: [])
        clock = setup.clock
        batches = TickBatches(clock: clock)
        resources = ResourceAnswers(setup.table, setup.state, setup.options)
        accessLog = setup.options.accessLog ? AccessLog(setup.state.log, clock: clock) : nil
        finished = try Mailbox()
        queued = QueuedRequests(loop: setup.index, of: setup.queueMailboxes.count)
        queues = HomeQueues(setup.index, of: setup.queueMailboxes, on: loop, clock: clock)
        exchanges.reserveCapacity(1_024)
        finishedCalls = try Mailbox()
        try loop.attach(finished) { [unowned self] task, _ in largeRequestFinished(task) }
        try loop.attach(finishedCalls) { [unowned self] call, _ in repositoryCallFinished(call) }
        try queues.readMessages { [unowned self] inference in queuedRequestFinished(inference) }
        serve(setup.table)
    }

    /// Serves another table from now on; requests in work keep their slots.
    ///
    /// - Returns: the table before.
    @discardableResult
    func serve(_ next: ServingTable) -> ServingTable {
        let before = table
        table = next
        resources.table = next
        batches.adopt(next)
        queued.adopt(next)
        queues.adopt(next)
        adoptMetrics(before: before)
        return before
    }

    func tickEnded(on loop: EventLoop) -> TickContinuation {
        let hasMore = batches.run { slot, batchCount in metrics[slot].executed(batchCount) }
        let queueContinuation = queues.tickEnded()
        if !retiringSlots.isEmpty { releaseIdleSlots() }
        return queueContinuation == .continueAtOnce || hasMore ? .continueAtOnce : .wait
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
            if case .repositoryControl(let verb, let name, let isQualified) = endpoint {
                return control(verb, name, isQualified: isQualified, head, bytes, path, body, &reply, connection)
            }
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
