import DynamicBatching
import EventLoops
import HTTPConnections
import LinuxSystem
import ModelRepository
import OpenInferenceProtocol
import RequestTracing

/// Answers the inference port of one loop.
///
/// An inference request is decoded into its model's batch at once and answered at the end of the tick, when the batch
/// has run, unless its model has a queue for all loops; what takes longer goes to other threads, and every other
/// resource is answered on the spot.
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
    /// nil where nobody needs a right to call.
    let gate: ClientGate?
    /// nil where no pages of other origins may call.
    let origins: OriginAnswers?
    let memory: SharedMemoryAnswers
    private(set) var table: ServingTable
    let batches: TickBatches
    let resources: ResourceAnswers
    /// By slot of the table; of a free slot those of its last model.
    var metrics: [ModelMetrics] = []
    /// Counters of the models that an ensemble calls, by its slot; empty for any other model.
    var memberMetrics: [[EnsembleCounters]] = []
    /// Who counts the rows of a model, by slot; nil where nobody wants to know.
    var driftObservers: [DriftObserver?] = []
    /// Where the control thread leaves the drift of models.
    let finishedDriftCalls: Mailbox<DriftCall>
    /// Calls for it that the control thread works on.
    var driftCalls: [ObjectIdentifier: HTTPExchange] = [:]
    let control: Mailbox<ControlOrder>
    /// Who records the predictions of a model, by slot; nil where nobody keeps them.
    var recorders: [PredictionRecorder?] = []
    /// Which rows of the model at a slot are anomalous; nil where its labels say it.
    var anomalies: [AnomalyPlan?] = []
    let monitor: Mailbox<MonitorOrder>
    /// Where the monitoring thread leaves its answers.
    let finishedMonitoringCalls: Mailbox<MonitoringCall>
    /// Calls that it works on.
    var monitoringCalls: [ObjectIdentifier: HTTPExchange] = [:]
    /// Who finds the anomalous rows of a model, by slot; nil where nobody explains them.
    var anomalyDesks: [AnomalyDesk?] = []
    /// Whether there are any.
    var explains = false
    let explaining: Mailbox<ExplanationOrder>
    /// Where the explaining thread leaves its answers.
    let finishedExplanationCalls: Mailbox<ExplanationCall>
    /// Calls that it works on.
    var explanationCalls: [ObjectIdentifier: (call: ExplanationCall, exchange: HTTPExchange)] = [:]
    /// What the request that is being read says for explanations.
    var explanationContext = ByteBuffer()
    let knowledgeOrders: Mailbox<KnowledgeOrder>
    /// Where the knowledge thread leaves its answers.
    let finishedKnowledgeCalls: Mailbox<KnowledgeCall>
    /// Calls that it works on.
    var knowledgeCalls: [ObjectIdentifier: HTTPExchange] = [:]
    /// The splits of the table by slot; nil for any other model.
    var routers: [SplitRouter?] = []
    /// Whether there are any.
    var hasSplits = false
    /// Requests in work that have named a split, by its slot; those that the pool has are among `largeRequestCounts`.
    var routedCounts: [Int] = []
    let shadows: ShadowDesk
    /// Where keys of clients come from that have none.
    var keyGenerator: any RandomNumberGenerator = SystemRandomNumberGenerator()
    /// The bytes of a key that is looked at.
    var stickyKey = ByteBuffer(capacity: 64)
    /// Large requests in work by slot.
    var largeRequestCounts: [Int] = []
    /// Slots that no request gets any more, until nothing of them is in work.
    var retiringSlots: [Int] = []
    /// Slots that were retired in the last table and have been reported.
    var releasedSlots: Set<Int> = []
    let accessLog: AccessLog
    let tracer: RequestTracer
    /// Traced requests in work.
    var traces: [ObjectIdentifier: RequestTrace] = [:]
    var request: InferenceRequest
    let recoder = ContentRecoder()
    /// The identity of the request that is being read, as a JSON string with its quotation marks.
    var identity = ByteBuffer(capacity: 64)
    /// Calls whose messages come one by one.
    var streams: [ObjectIdentifier: InferenceStream] = [:]
    /// Exchanges whose requests were taken back from their queues because their callers' time is over.
    var expired: Set<ObjectIdentifier> = []
    /// Objects for further requests of batches.
    private var freeInferences: [BatchedInference] = []
    /// Where the pool reports what it has finished.
    let finished: Mailbox<LargeInference>
    /// Requests that the pool works on.
    var largeRequests: [ObjectIdentifier: (task: LargeInference, exchange: HTTPExchange)] = [:]
    /// Where the pool leaves compressed messages that it has inflated, and who waits for them.
    let inflated: Mailbox<MessageInflation>
    var inflations: [ObjectIdentifier: WaitingMessage] = [:]
    /// Where the thread of the repository leaves the answers of calls.
    let finishedCalls: Mailbox<RepositoryCall>
    /// Calls that the thread of the repository works on.
    var repositoryCalls: [ObjectIdentifier: HTTPExchange] = [:]
    /// Requests that wait in shared queues.
    let queued: QueuedRequests
    let queues: HomeQueues
    /// Where the pool leaves the statistics of all models.
    let finishedStatistics: Mailbox<StatisticsCall>
    /// Calls for them that the pool works on.
    var statisticsCalls: [ObjectIdentifier: HTTPExchange] = [:]
    /// When the last answer from a batch had been written.
    var lastAnswer = Nanoseconds.zero
    /// What the loop counts about itself.
    private let loopMetrics = LoopMetrics()
    let handshakes: HandshakeCounters

    init(_ setup: ServingLoop.Setup, on loop: EventLoop) throws(SystemError) {
        self.loop = loop
        state = setup.state
        options = setup.options
        pool = setup.pool
        index = setup.index
        repository = setup.repository
        control = setup.control
        access = setup.access
        gate = setup.makeGate()
        origins = setup.origins
        memory = SharedMemoryAnswers(regions: setup.regions, isAllowed: setup.options.allowClientSharedMemory)
        request = InferenceRequest(regions: setup.regions)
        table = ServingTable(models: [], names: [])
        clock = setup.clock
        batches = TickBatches(clock: clock)
        resources = ResourceAnswers(setup.table, setup.state, setup.options)
        accessLog = AccessLog(setup.state.log, proxies: setup.options.trustedProxies, clock: clock)
        tracer = setup.state.tracing.makeTracer()
        finished = try Mailbox()
        inflated = try Mailbox()
        queued = QueuedRequests(loop: setup.index, of: setup.queueMailboxes.count)
        shadows = ShadowDesk(
            setup.state.shadows, loopCount: setup.queueMailboxes.count, seed: keyGenerator.next())
        queues = HomeQueues(setup.index, of: setup.queueMailboxes, on: loop, clock: clock)
        freeInferences.reserveCapacity(1_024)
        finishedCalls = try Mailbox()
        finishedStatistics = try Mailbox()
        finishedDriftCalls = try Mailbox()
        monitor = setup.monitor
        finishedMonitoringCalls = try Mailbox()
        explaining = setup.explaining
        finishedExplanationCalls = try Mailbox()
        knowledgeOrders = setup.knowledge
        finishedKnowledgeCalls = try Mailbox()
        handshakes = state.counters.makeHandshakeCounters()
        state.counters.loopBegan(setup.index, loopMetrics)
        try loop.attach(finished) { [unowned self] task, _ in largeRequestFinished(task) }
        try loop.attach(inflated) { [unowned self] task, _ in messageInflated(task) }
        try loop.attach(finishedCalls) { [unowned self] call, _ in repositoryCallFinished(call) }
        try loop.attach(finishedStatistics) { [unowned self] call, _ in statisticsFinished(call) }
        try loop.attach(finishedMonitoringCalls) { [unowned self] call, _ in monitoringCallFinished(call) }
        try loop.attach(finishedExplanationCalls) { [unowned self] call, _ in explanationCallFinished(call) }
        try loop.attach(finishedKnowledgeCalls) { [unowned self] call, _ in knowledgeCallFinished(call) }
        try loop.attach(finishedDriftCalls) { [unowned self] call, _ in driftCallFinished(call) }
        queues.observer = { [unowned self] model in driftObserver(of: model) }
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
        adoptDrift(before: before)
        adoptExplanations(before: before)
        batches.adopt(next, observers: evaluationObservers)
        queued.adopt(next)
        queues.adopt(next)
        adoptMetrics(before: before)
        shadows.adopt(next, before: before)
        tracer.adopt(models: next.slots.map { $0.map { RequestTracer.Model(name: $0.name, version: $0.version) } })
        return before
    }

    func tickEnded(on loop: EventLoop) -> TickContinuation {
        let hasMore = batches.run { slot, execution in
            metrics[slot].executed(execution)
            if !memberMetrics[slot].isEmpty {
                countMemberExecutions(batches.batch(atSlot: slot).workspace.stepTimes, execution, slot: slot)
            }
        } answered: { slot, execution in
            metrics[slot].answered(execution, writeNanoseconds: max(0, (lastAnswer - execution.end).count))
        }
        let queueContinuation = queues.tickEnded()
        leaveAnomalies()
        if !retiringSlots.isEmpty { releaseIdleSlots() }
        return queueContinuation == .continueAtOnce || hasMore ? .continueAtOnce : .wait
    }

    func requestArrived(
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, body: Span<UInt8>, reply: inout ByteBuffer,
        on exchange: HTTPExchange
    ) -> HTTPHandling {
        let path = bytes.extracting(head.pathRange)
        accessLog.arrived(head, bytes, bodyByteCount: body.count, on: exchange)
        if let permission = permission(head, bytes, exchange) { return .answered(permission) }
        if head.isGRPC { return callArrived(head, bytes, body, &reply, exchange) }
        guard let endpoint = EndpointTable.endpoint(for: path) else {
            return .answered(resources.notFound(to: &reply))
        }
        guard EndpointTable.methods(of: endpoint).contains(HTTPMethodSet(head.method)) else {
            return .answered(resources.methodNotAllowed(endpoint, to: &reply))
        }
        if let refusal = refusal(endpoint, head, bytes, path, &reply, exchange) { return .answered(refusal) }
        guard case .model(.infer, let name, let version) = endpoint else {
            switch endpoint {
            case .repositoryControl(let verb, let name, let isQualified):
                return control(verb, name, isQualified: isQualified, head, bytes, path, body, &reply, exchange)
            case .logSettings:
                return .answered(logSettings(head, bytes, body, &reply, exchange))
            case .traceSettings(let model):
                return .answered(traceSettings(model, head, bytes, path, body, &reply, exchange))
            case .sharedMemory(let kind, let verb, let region):
                return sharedMemory(kind, verb, region: region, head, bytes, path, body, &reply, exchange)
            case .statistics:
                return statistics(to: &reply, exchange)
            case .embeddings:
                return embeddings(head, bytes, body, &reply, exchange)
            case .feedback(let model):
                return feedback(head, bytes, path, model, body, &reply, exchange)
            case .experiments(let name):
                return experiments(path, name, &reply, exchange)
            case .rollout(let split):
                return commandRollout(head, bytes, path, split, body, &reply, exchange)
            case .explanations(.opinion(let name)):
                return explanationOpinion(head, bytes, path, name, body, &reply, exchange)
            case .explanations(let resource):
                return explanations(resource, head, bytes, path, &reply, exchange)
            case .knowledge(let id):
                return knowledge(id, head, bytes, path, body, &reply, exchange)
            case .knowledgeSearch:
                return searchKnowledge(head, bytes, &reply, exchange)
            case .model(.drift, let name, let version):
                return drift(path, name, version, to: &reply, exchange)
            default:
                return .answered(resources.answer(endpoint, path, body, to: &reply))
            }
        }
        let handling = infer(head, bytes, path, name: name, version: version, body, &reply, exchange)
        return traces.isEmpty ? handling : traced(handling, bodyByteCount: reply.count, exchange)
    }

    func requestRefused(
        _ message: StaticString, status: HTTPStatus, reply: inout ByteBuffer, on exchange: HTTPExchange
    ) {
        state.log.clientFault(message, .init("client", exchange.peer.description))
        resources.writeError(message.description, to: &reply)
    }

    func requestAnswered(_ status: HTTPStatus, call: UInt8?, bodyByteCount: Int, on exchange: HTTPExchange) {
        accessLog.answered(status, call: call, bodyByteCount: bodyByteCount, on: exchange)
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

    func clientFinished(_ exchange: HTTPExchange) {
        cancelQueuedRequest(of: exchange)
    }

    func exchangeLost(_ exchange: HTTPExchange) {
        if !streams.isEmpty, let stream = exchange as? HTTP2Stream { streamLost(stream) }
        cancelQueuedRequest(of: exchange)
        cancelLargeRequest(of: exchange)
        cancelExplanationCall(of: exchange)
        accessLog.lost(exchange)
        if let trace = takeTrace(of: exchange) { tracer.finish(trace, at: clock.now()) }
    }

    func connectionClosed(_ end: ConnectionEnd) { loopMetrics.connectionClosed(end) }

    func answersGivenUp(connectionCount: Int, byteCount: Int) {
        state.log.clientFault(
            "connections were ended because clients did not take their answers",
            .init("connections", connectionCount), .init("bytes", byteCount))
    }

    /// An object for the next request of a batch.
    func takeInference() -> BatchedInference {
        freeInferences.popLast() ?? BatchedInference(self)
    }

    /// Takes such an object back.
    func giveBack(_ inference: BatchedInference) {
        inference.exchange = nil
        inference.routed = nil
        inference.copy = nil
        // Regions are not kept for longer than their request.
        if !inference.special.isEmpty { inference.special.removeAll(keepingCapacity: true) }
        freeInferences.append(inference)
    }
}
