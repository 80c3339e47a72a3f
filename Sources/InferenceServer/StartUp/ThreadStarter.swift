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
    private let metricsAddress: SocketAddress?
    private(set) var addresses = RunningServer.Addresses()
    private(set) var threads: [EventLoopThread] = []
    private let access: AdminAccess
    private var orders: [Mailbox<LoopOrder>] = []
    /// The loops that serve; nil where none do.
    private var group: LoopGroup?

    init(_ options: ServerOptions, state: ServerState) throws(StartFault) {
        self.options = options
        self.state = state
        access = try AdminAccess(tokenFile: options.adminTokenFile)
        httpAddress = try Self.address(options.httpAddress, options.httpPort, option: "http")
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
        let listeners: [(SocketAddress?, StaticString)] = [(httpAddress, "http"), (metricsAddress, "metrics")]
        for (address, option) in listeners {
            guard let address, address.port != 0 else { continue }
            do throws(SystemError) {
                try kernel.claim(address)
            } catch {
                throw .listening(address, option: option, error)
            }
        }
    }

    /// Starts the loops that serve; all listen at the same address.
    mutating func startServing(
        loopCount: Int, table: ServingTable, control: Mailbox<ControlOrder>, repository: Mailbox<RepositoryOrder>,
        pool: ComputePool
    ) throws(StartFault) {
        guard var address = httpAddress else { return }
        var limits = HTTPLimits()
        limits.bodyByteCount = options.httpMaxInputSize
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
                index: index, address: address, limits: limits, group: group,
                table: table.copy(), options: options, state: state, pool: pool, control: control,
                repository: repository, access: access, queueMailboxes: queueMailboxes)
            let started: EventLoopThread.Started<ServingLoop.Handle>
            do throws(SystemError) {
                started = try ServingLoop.start(setup)
            } catch {
                throw .listening(address, option: "http", error)
            }
            threads.append(started.thread)
            orders.append(started.ready.orders)
            // The first loop learns the port that the kernel chose; the others share it.
            address = started.ready.address
        }
        addresses.http = address
    }

    /// Starts the thread that loads and unloads models, if they may change while the server runs.
    func startRepository(
        _ repository: Mailbox<RepositoryOrder>, _ loaded: ModelLoading.Loaded
    ) throws(StartFault) -> EventLoopThread? {
        guard options.modelControlMode != .none else { return nil }
        let setup = RepositoryLoop.Setup(
            options: options, state: state, loader: loaded.loader, catalog: loaded.catalog, loops: orders)
        do throws(SystemError) {
            let started = try EventLoopThread.start(name: "rowan-models", priority: .background) {
                loop throws(SystemError) in
                let models = try RepositoryLoop(setup, on: loop)
                try loop.attach(repository) { order, _ in models.receive(order) }
            }
            return started.thread
        } catch {
            throw .resources(error)
        }
    }

    /// Starts the loop that leads the others and serves metrics.
    mutating func startControl(_ control: Mailbox<ControlOrder>) throws(StartFault) {
        let state = state
        let orders = orders
        let group = group
        let address = metricsAddress
        let lifecycle = ServerLifecycle(
            loopCount: orders.count, drainDelayNanoseconds: UInt64(options.drainDelaySeconds) * 1_000_000_000,
            exitTimeoutNanoseconds: UInt64(options.exitTimeoutSeconds) * 1_000_000_000)
        do throws(SystemError) {
            let started = try EventLoopThread.start(name: "rowan-control") {
                loop throws(SystemError) -> SocketAddress? in
                let leader = ControlLoop(lifecycle: lifecycle, state: state, loops: orders, on: loop)
                try loop.attach(control) { order, _ in leader.receive(order) }
                leader.begin()
                guard let address else { return nil }
                var limits = HTTPLimits()
                limits.bodyByteCount = MetricsHandler.bodyByteCountLimit
                let http = HTTPLoop(on: loop, limits: limits, handler: MetricsHandler(state, group)) {}
                return try Listener(at: address, acceptor: http, on: loop).address
            }
            threads.append(started.thread)
            addresses.metrics = started.ready
        } catch {
            guard let address else { throw .resources(error) }
            throw .listening(address, option: "metrics", error)
        }
    }
}
