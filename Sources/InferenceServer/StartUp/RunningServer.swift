import DynamicBatching
import EventLoops
import HTTPConnections
import LinuxSystem
import ModelRepository

/// The threads of a server that has started.
///
/// - Isolation: the main thread.
struct RunningServer {
    /// Where the server listens, with the ports that the kernel chose.
    struct Addresses: Sendable {
        var http: SocketAddress?
        var grpc: SocketAddress?
        var metrics: SocketAddress?

        /// Where one of the ports listens; nil if it does not.
        func address(of port: TLSPort) -> SocketAddress? {
            switch port {
            case .http: http
            case .grpc: grpc
            case .metrics: metrics
            }
        }
    }

    let addresses: Addresses
    let table: ServingTable
    let control: Mailbox<ControlOrder>
    private let threads: [EventLoopThread]
    private let pool: ComputePool
    private let state: ServerState
    /// Loads models, where they may change; the end of the process does not wait for it.
    private let repositoryThread: EventLoopThread?
    private let repositories: MirroredRepositories
    private let orders: [Mailbox<LoopOrder>]

    /// Loads the models and starts all threads; the server is ready when this returns.
    init(_ options: ServerOptions, state: ServerState) throws(StartFault) {
        self.state = state
        var starter = try ThreadStarter(options, state: state)
        try starter.claimAddresses()
        let loaded = try ModelLoading.load(options, log: state.log)
        table = loaded.table
        repositories = loaded.repositories
        state.counters.loadsEnded(
            successes: table.servedModels.count,
            failures: table.index.count { $0.state == "UNAVAILABLE" })
        let repository: Mailbox<RepositoryOrder>
        let monitor: Mailbox<MonitorOrder>
        let knowledge: Mailbox<KnowledgeOrder>
        let explaining: Mailbox<ExplanationOrder>
        let loopCount = options.loopCount
        do throws(SystemError) {
            control = try Mailbox()
            repository = try Mailbox()
            monitor = try Mailbox()
            knowledge = try Mailbox()
            explaining = try Mailbox()
            pool = try ComputePool(threadCount: loopCount)
        } catch {
            throw .resources(error)
        }
        let source = try options.stateSource
        try starter.startMonitoring(table, monitor, source)
        try starter.startKnowledge(knowledge, source)
        try starter.startExplaining(explaining, knowledge)
        try starter.startServing(
            loopCount: loopCount, table: table, control: control, repository: repository, monitor: monitor,
            knowledge: knowledge, explaining: explaining, pool: pool)
        repositoryThread = try starter.startRepository(repository, loaded)
        try starter.startControl(control)
        addresses = starter.addresses
        threads = starter.threads
        orders = starter.orders
        for model in table.servedModels where model.split == nil { pool.offer(ModelCalibration(of: model)) }
    }

    /// Ends what waits for object stores, and removes caches that are not kept.
    func leaveRepositories() { repositories.end() }

    /// Who hears from the server how far it is, if anybody wants to.
    func makeSupervisor() -> Supervisor {
        let environment = ProcessFacts.environment(prefix: "NOTIFY_").merging(
            ProcessFacts.environment(prefix: "WATCHDOG_")
        ) { first, _ in first }
        return Supervisor(environment: environment, processID: ProcessFacts.identity, loops: orders)
    }

    /// Looks whether the file of API keys has changed, and tells the loops.
    func lookAtKeys(_ state: ServerState) {
        guard let keys = state.keys?.look(state.log) else { return }
        for mailbox in orders { mailbox.send(.adoptKeys(keys)) }
    }

    /// Ends all threads; every connection has been closed before.
    func stop() {
        for thread in threads { thread.stop() }
        for thread in threads { thread.join() }
        pool.stop()
        state.shadows.stop()
    }
}
