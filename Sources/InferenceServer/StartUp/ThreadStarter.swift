import DurableState
import DynamicBatching
import EventLoops
import HTTPConnections
import LinuxSystem
import ModelRepository

/// Starts the threads of a server one after another and knows what has started.
struct ThreadStarter {
    private let options: ServerOptions
    private let state: ServerState
    private let httpAddress: SocketAddress?
    private let grpcAddress: SocketAddress?
    private let metricsAddress: SocketAddress?
    private(set) var addresses = RunningServer.Addresses()
    private(set) var threads: [EventLoopThread] = []
    private let access: AdminAccess
    private let regions = SharedMemoryRegions()
    private let origins: OriginAnswers?
    private let security: TransportSecurity
    private(set) var orders: [Mailbox<LoopOrder>] = []
    /// The loops that serve; nil where none do.
    private var group: LoopGroup?
    /// What waits for clients on the loops that serve and, with the last number, for scrapers.
    private let backlog: AnswerBacklog

    init(_ options: ServerOptions, state: ServerState) throws(StartFault) {
        self.options = options
        self.state = state
        backlog = AnswerBacklog(
            loopCount: options.loopCount + 1, byteCountLimit: options.maxUnreadAnswerBytes)
        access = try AdminAccess(tokenFile: options.adminTokenFile)
        origins = options.allowedOrigins.map { OriginAnswers($0, restrictions: options.httpRestrictions) }
        security = try TransportSecurity(options)
        httpAddress = try Self.address(options.httpAddress, options.httpPort, option: "http")
        grpcAddress = try Self.address(options.grpcAddress, options.grpcPort, option: "grpc")
        metricsAddress = try Self.address(options.metricsAddress, options.metricsPort, option: "metrics")
    }

    private static func address(
        _ host: String, _ port: ServerOptions.ListeningPort, option: StaticString
    ) throws(StartFault) -> SocketAddress? {
        let number: UInt16
        switch port {
        case .off: return nil
        case .any: number = 0
        case .number(let given): number = given
        }
        guard let address = SocketAddress(host, port: number) else {
            throw StartFault("--\(option)-address \(host) is no IP address: give one such as 0.0.0.0, 127.0.0.1 or ::")
        }
        return address
    }

    /// Finds out early, before models are loaded, whether somebody else listens at our ports.
    func claimAddresses() throws(StartFault) {
        let kernel = LinuxKernel()
        let listeners: [(SocketAddress?, StaticString)] = [
            (httpAddress, "http"), (grpcAddress, "grpc"), (metricsAddress, "metrics"),
        ]
        for (address, option) in listeners {
            guard let address, address.port != 0 else { continue }
            do throws(SystemError) {
                try kernel.claim(address)
            } catch {
                throw .listening(address, option: option, error)
            }
        }
    }

    /// Starts the loops that serve; all listen at the same addresses.
    mutating func startServing(
        loopCount: Int, table: ServingTable, control: Mailbox<ControlOrder>, repository: Mailbox<RepositoryOrder>,
        monitor: Mailbox<MonitorOrder>, knowledge: Mailbox<KnowledgeOrder>, explaining: Mailbox<ExplanationOrder>,
        pool: ComputePool
    ) throws(StartFault) {
        var listening = RunningServer.Addresses(http: httpAddress, grpc: grpcAddress)
        guard let address = httpAddress ?? grpcAddress else { return }
        var limits = HTTPLimits()
        limits.bodyByteCount = options.httpMaxInputSize
        limits.http2 = HTTP2Limits(
            concurrentStreams: options.http2MaxConcurrentStreams, resetsPerSecond: options.http2MaxResetsPerSecond,
            controlFramesPerSecond: options.http2MaxControlFramesPerSecond)
        let group: LoopGroup
        var queueMailboxes: [Mailbox<QueueMessage>] = []
        do throws(SystemError) {
            group = try LoopGroup(loopCount: loopCount, connectionLimit: limits.connectionCount)
            for _ in 0..<loopCount { queueMailboxes.append(try Mailbox()) }
        } catch {
            throw .resources(error)
        }
        self.group = group
        for index in 0..<loopCount {
            let setup = ServingLoop.Setup(
                index: index, addresses: listening, limits: limits, group: group, backlog: backlog,
                table: table.copy(), options: options, state: state, pool: pool, control: control,
                repository: repository, monitor: monitor, explaining: explaining, knowledge: knowledge, access: access,
                origins: origins, regions: regions,
                security: security, queueMailboxes: queueMailboxes)
            let started: EventLoopThread.Started<ServingLoop.Handle>
            do throws(SystemError) {
                started = try ServingLoop.start(setup)
            } catch {
                throw .listening(address, option: httpAddress == nil ? "grpc" : "http", error)
            }
            threads.append(started.thread)
            orders.append(started.ready.orders)
            // The first loop learns the ports that the kernel chose; the others share them.
            listening = started.ready.addresses
        }
        addresses = listening
        monitor.send(.began(orders))
    }

    /// Starts the thread that keeps predictions and leads rollouts, with what the first table needs open.
    mutating func startMonitoring(
        _ table: ServingTable, _ monitor: Mailbox<MonitorOrder>, _ source: StateSource?
    ) throws(StartFault) {
        let state = state
        let options = options
        let first = state.monitoring.adopt(table) ?? MonitoredSet()
        let fault: StartFault?
        do throws(SystemError) {
            let started = try EventLoopThread.start(name: "rowan-monitor", priority: .background) {
                loop throws(SystemError) -> StartFault? in
                let monitoring: MonitorLoop
                do throws(StateFault) {
                    monitoring = try MonitorLoop(state, options, source: source, first: first, on: loop)
                } catch {
                    return StartFault("\(error)")
                }
                try loop.attach(monitor) { order, _ in monitoring.receive(order) }
                return nil
            }
            threads.append(started.thread)
            fault = started.ready
        } catch {
            throw .resources(error)
        }
        if let fault { throw fault }
    }

    /// Starts the thread that keeps what is known; it reads that while others serve.
    mutating func startKnowledge(_ knowledge: Mailbox<KnowledgeOrder>, _ source: StateSource?) throws(StartFault) {
        let state = state
        let options = options
        let fault: StartFault?
        do throws(SystemError) {
            let started = try EventLoopThread.start(name: "rowan-knowledge", priority: .background) {
                loop throws(SystemError) -> StartFault? in
                let keeping: KnowledgeLoop
                do throws(StateFault) {
                    keeping = try KnowledgeLoop(state, options, source: source, on: loop)
                } catch {
                    return StartFault("\(error)")
                }
                try loop.attach(knowledge) { order, _ in keeping.receive(order) }
                return nil
            }
            threads.append(started.thread)
            fault = started.ready
        } catch {
            throw .resources(error)
        }
        if let fault { throw fault }
        knowledge.send(.begin)
    }

    /// Starts the thread that explains anomalous rows.
    mutating func startExplaining(
        _ explaining: Mailbox<ExplanationOrder>, _ knowledge: Mailbox<KnowledgeOrder>
    ) throws(StartFault) {
        let state = state
        do throws(SystemError) {
            let started = try EventLoopThread.start(name: "rowan-explain", priority: .idle) {
                loop throws(SystemError) in
                let explanations = ExplanationLoop(state, knowledge, on: loop)
                try loop.attach(explaining) { order, _ in explanations.receive(order) }
                loop.addTickObserver(explanations)
            }
            threads.append(started.thread)
        } catch {
            throw .resources(error)
        }
    }

    /// Starts the thread that loads and unloads models, if they may change while the server runs.
    func startRepository(
        _ repository: Mailbox<RepositoryOrder>, _ loaded: ModelLoading.Loaded
    ) throws(StartFault) -> EventLoopThread? {
        guard options.modelControlMode != .none else { return nil }
        var options = options
        options.modelRepositories = loaded.repositories.directories
        let synchronisers = loaded.repositories.mirrors.map { mirror in
            RepositorySynchroniser(mirror, log: state.log, repository: repository, options: options)
        }
        let setup = RepositoryLoop.Setup(
            options: options, state: state, loader: loaded.loader, catalog: loaded.catalog, loops: orders,
            synchronisers: synchronisers)
        do throws(SystemError) {
            let started = try EventLoopThread.start(name: "rowan-models", priority: .background) {
                loop throws(SystemError) in
                let models = try RepositoryLoop(setup, on: loop)
                try loop.attach(repository) { order, _ in models.receive(order) }
            }
            for synchroniser in synchronisers { try synchroniser.start() }
            return started.thread
        } catch {
            throw .resources(error)
        }
    }

    /// Time that loops need to say that nothing is in work, whatever `--exit-timeout-secs` says.
    private static let leastExitNanoseconds: UInt64 = 250_000_000
    /// Time in which a second signal is the first one's echo; a person is slower.
    private static let signalRepetitionNanoseconds: UInt64 = 200_000_000

    /// Starts the loop that leads the others and serves metrics.
    mutating func startControl(_ control: Mailbox<ControlOrder>) throws(StartFault) {
        let state = state
        let orders = orders
        let group = group
        let backlog = backlog
        let options = options
        let address = metricsAddress
        let security = security
        let lifecycle = ServerLifecycle(
            loopCount: orders.count, drainDelayNanoseconds: UInt64(options.drainDelaySeconds) * 1_000_000_000,
            exitTimeoutNanoseconds: max(
                UInt64(options.exitTimeoutSeconds) * 1_000_000_000, Self.leastExitNanoseconds),
            repetitionNanoseconds: Self.signalRepetitionNanoseconds)
        do throws(SystemError) {
            let started = try EventLoopThread.start(name: "rowan-control") {
                loop throws(SystemError) -> SocketAddress? in
                let drift = DriftMonitor(
                    state.drift, state.metrics, loops: orders,
                    interval: .milliseconds(options.metricsIntervalMilliseconds), on: loop
                ) { watch, crossings, report in
                    state.log.drifted(watch.key, crossings)
                    state.events.drifted(watch, crossings, report)
                }
                let leader = ControlLoop(lifecycle: lifecycle, state: state, loops: orders, drift: drift, on: loop)
                try loop.attach(control) { order, _ in leader.receive(order) }
                var tls: TLSAcceptor?
                var listening: SocketAddress?
                if let address {
                    var limits = HTTPLimits()
                    limits.bodyByteCount = MetricsHandler.bodyByteCountLimit
                    let handler = MetricsHandler(state, group, backlog, drift, options, on: loop)
                    let share = BacklogShare(of: backlog, loop: options.loopCount)
                    let http = HTTPLoop(on: loop, limits: limits, handler: handler, backlog: share) {}
                    loop.addTickObserver(http)
                    tls = security.server(of: .metrics).map { server in
                        TLSAcceptor(server, timeout: Nanoseconds(Int64(limits.headNanoseconds)), before: http)
                    }
                    listening = try Listener(at: address, acceptor: tls ?? http, on: loop).address
                }
                leader.certificates = Self.keeper(of: security, state, loops: orders, metrics: tls, on: loop)
                // Ready is said last: who has read it may scrape at once.
                leader.begin()
                return listening
            }
            threads.append(started.thread)
            addresses.metrics = started.ready
        } catch {
            guard let address else { throw .resources(error) }
            throw .listening(address, option: "metrics", error)
        }
    }

    /// Keeps certificates fresh; nil where no port speaks TLS.
    private static func keeper(
        of security: TransportSecurity, _ state: ServerState, loops: [Mailbox<LoopOrder>], metrics: TLSAcceptor?,
        on loop: EventLoop
    ) -> CertificateKeeper? {
        guard let tickets = security.tickets else { return nil }
        return CertificateKeeper(security.ports, tickets, state, on: loop) { port, server in
            switch port {
            case .metrics: metrics?.adopt(server)
            case .http, .grpc: for mailbox in loops { mailbox.send(.secure(port, server)) }
            }
        }
    }
}
