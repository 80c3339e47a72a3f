import AccessControl
import DynamicBatching
import EventLoops
import HTTPConnections
import LinuxSystem
import ModelRepository

/// One thread that serves: its event loop, listener, connections, batches and counters.
///
/// Everything in it is made in the thread and stays there; the rest of the process talks to it through its mailbox.
///
/// - Isolation: the loop's thread.
final class ServingLoop {
    /// What every serving loop of a process is given.
    struct Setup: Sendable {
        var index: Int
        /// Where HTTP and gRPC listen; nil for none.
        var addresses: RunningServer.Addresses
        var limits: HTTPLimits
        var group: LoopGroup
        var backlog: AnswerBacklog
        var table: ServingTable
        var options: ServerOptions
        var state: ServerState
        var pool: ComputePool
        var control: Mailbox<ControlOrder>
        var repository: Mailbox<RepositoryOrder>
        var monitor: Mailbox<MonitorOrder>
        var explaining: Mailbox<ExplanationOrder>
        var knowledge: Mailbox<KnowledgeOrder>
        var access: AdminAccess
        var origins: OriginAnswers?
        var regions: SharedMemoryRegions
        var security: TransportSecurity
        /// How all loops tell each other about requests in shared queues.
        var queueMailboxes: [Mailbox<QueueMessage>]
        var clock: any MonotonicClock = SystemClock()

        /// What takes connections: where proxies speak in front of them, somebody who listens to that first.
        func makeAcceptor(before next: any ConnectionAcceptor) -> any ConnectionAcceptor {
            guard options.proxyProtocol else { return next }
            let (proxies, log) = (options.trustedProxies, state.log)
            return ProxyAcceptor(before: next, isTrusted: { proxies.contains($0) }) { fault, peer in
                log.clientFault(
                    "a connection of a trusted proxy was closed", .init("client", peer.description),
                    .init("reason", fault.rawValue))
            }
        }

        /// The loop's judge of requests; nil where everybody may call.
        func makeGate() -> ClientGate? {
            guard options.restrictsAccess else { return nil }
            return ClientGate(
                loop: index, httpRestrictions: options.httpRestrictions, grpcRestrictions: options.grpcRestrictions,
                keys: state.keys?.table, counters: state.accessRefusals)
        }
    }

    /// What the rest of the process knows about a loop that runs.
    struct Handle: Sendable {
        var orders: Mailbox<LoopOrder>
        /// With the ports that the kernel chose.
        var addresses: RunningServer.Addresses
    }

    /// One of the ports, as this loop listens at it.
    private struct Door {
        let port: TLSPort
        let listener: Listener
        /// Nil for a port in the clear.
        let tls: TLSAcceptor?
    }

    private let http: HTTPLoop
    /// Of HTTP and of gRPC, as far as they are wanted; both take both.
    private let doors: [Door]
    private let handler: InferenceHandler
    private let addresses: RunningServer.Addresses
    private let control: Mailbox<ControlOrder>

    /// Starts a thread that serves.
    ///
    /// - Returns: when its listener accepts connections.
    static func start(_ setup: Setup) throws(SystemError) -> EventLoopThread.Started<Handle> {
        let orders = try Mailbox<LoopOrder>()
        return try EventLoopThread.start(name: "rowan-loop\(setup.index)", member: setup.group.member(setup.index)) {
            loop throws(SystemError) in
            let serving = try ServingLoop(setup, on: loop)
            try loop.attach(orders) { order, loop in serving.receive(order, on: loop) }
            return Handle(orders: orders, addresses: serving.addresses)
        }
    }

    private init(_ setup: Setup, on loop: EventLoop) throws(SystemError) {
        handler = try InferenceHandler(setup, on: loop)
        let control = setup.control
        self.control = control
        let backlog = BacklogShare(of: setup.backlog, loop: setup.index)
        let (handler, monitor) = (handler, setup.monitor)
        http = HTTPLoop(on: loop, limits: setup.limits, handler: handler, backlog: backlog) {
            // By way of the thread that keeps predictions: it has kept those of every answer when the server ends.
            handler.handOverPredictions()
            monitor.send(.loopDrained(tell: control))
        }
        let http = http
        var doors: [Door] = []
        var acceptors: [any ConnectionAcceptor] = []
        for port in [TLSPort.http, .grpc] {
            guard let address = setup.addresses.address(of: port) else { continue }
            let tls = setup.security.server(of: port).map { server in
                TLSAcceptor(server, timeout: Nanoseconds(Int64(setup.limits.headNanoseconds)), before: http)
            }
            let served: any ConnectionAcceptor = tls ?? http
            let acceptor = setup.makeAcceptor(before: served)
            let listener = try Listener(at: address, index: doors.count, acceptor: acceptor, on: loop)
            doors.append(Door(port: port, listener: listener, tls: tls))
            acceptors.append(acceptor)
        }
        // The loops have the same doors in the same order: what came in by TLS is served by TLS.
        try loop.receiveHandedConnections(acceptors)
        self.doors = doors
        addresses = RunningServer.Addresses(
            http: doors.first { $0.port == .http }?.listener.address,
            grpc: doors.first { $0.port == .grpc }?.listener.address)
        loop.addTickObserver(handler)
        loop.addTickObserver(http)
        // Behind the one that sends: what it passes on has been answered.
        loop.addTickObserver(handler.shadows)
    }

    private func receive(_ order: LoopOrder, on loop: EventLoop) {
        switch order {
        case .refuseConnections:
            for door in doors { door.listener.refuseNewConnections(on: loop) }
        case .drain:
            for door in doors {
                door.listener.close(on: loop)
                door.tls?.drain(on: loop)
            }
            handler.endStreams()
            http.drain()
        case .adopt(let table):
            handler.adopt(table)
        case .answer(let rounds):
            rounds.loopAnswered()
        case .adoptKeys(let keys):
            handler.gate?.adopt(keys)
        case .leavePredictions:
            handler.leavePredictions()
        case .reweigh(let split):
            handler.reweigh(split)
        case .leaveDriftCounts:
            handler.leaveDriftCounts()
            control.send(.driftCountsLeft)
        case .secure(let port, let server):
            for door in doors where door.port == port { door.tls?.adopt(server) }
        }
    }
}
