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
        var address: SocketAddress
        var limits: HTTPLimits
        var group: LoopGroup
        var table: ServingTable
        var options: ServerOptions
        var state: ServerState
        var pool: ComputePool
        var control: Mailbox<ControlOrder>
        var repository: Mailbox<RepositoryOrder>
        var access: AdminAccess
        /// How all loops tell each other about requests in shared queues.
        var queueMailboxes: [Mailbox<QueueMessage>]
        var clock: any MonotonicClock = SystemClock()
    }

    /// What the rest of the process knows about a loop that runs.
    struct Handle: Sendable {
        var orders: Mailbox<LoopOrder>
        /// With the port that the kernel chose.
        var address: SocketAddress
    }

    private let http: HTTPLoop
    private let listener: Listener
    private let handler: InferenceHandler

    /// Starts a thread that serves.
    ///
    /// - Returns: when its listener accepts connections.
    static func start(_ setup: Setup) throws(SystemError) -> EventLoopThread.Started<Handle> {
        let orders = try Mailbox<LoopOrder>()
        return try EventLoopThread.start(name: "rowan-loop\(setup.index)", member: setup.group.member(setup.index)) {
            loop throws(SystemError) in
            let serving = try ServingLoop(setup, on: loop)
            try loop.attach(orders) { order, loop in serving.receive(order, on: loop) }
            return Handle(orders: orders, address: serving.listener.address)
        }
    }

    private init(_ setup: Setup, on loop: EventLoop) throws(SystemError) {
        handler = try InferenceHandler(setup, on: loop)
        let control = setup.control
        http = HTTPLoop(on: loop, limits: setup.limits, handler: handler) { control.send(.loopDrained) }
        try loop.receiveHandedConnections(http)
        listener = try Listener(at: setup.address, acceptor: http, on: loop)
        loop.addTickObserver(handler)
    }

    private func receive(_ order: LoopOrder, on loop: EventLoop) {
        switch order {
        case .refuseConnections:
            listener.refuseNewConnections(on: loop)
        case .drain:
            listener.close(on: loop)
            http.drain()
        case .adopt(let table):
            handler.adopt(table)
        }
    }
}
