import EventLoops
import LinuxSystem

/// Sends back what it receives, on real sockets: received bytes go out at the end of the tick, and nothing is received
/// while output waits.
final class EchoServer: ConnectionAcceptor, TickObserver {
    private var changed: [EchoConnection] = []
    let counters: CounterBlock

    enum Counter {
        static let failures = 0
        static let partialSends = 1
        static let openConnections = 2
        static let ticks = 3
    }

    init(counters: CounterBlock) { self.counters = counters }

    func accepted(_ socket: consuming StreamSocket, on loop: EventLoop) {
        let connection = EchoConnection(socket, self)
        do {
            try connection.socket.register(connection, on: loop)
        } catch {
            connection.close(on: loop)
        }
    }

    func received(_ connection: EchoConnection) { changed.append(connection) }

    func tickEnded(on loop: EventLoop) -> TickContinuation {
        for connection in changed { connection.flush(on: loop) }
        changed.removeAll(keepingCapacity: true)
        counters.set(UInt64(loop.connectionCount), at: Counter.openConnections)
        counters.add(1, to: Counter.ticks)
        return .wait
    }
}

final class EchoConnection: SocketHandler {
    var socket: StreamSocket
    private let server: EchoServer
    private var output = ByteBuffer(capacity: 4096)
    private var hasEnded = false

    init(_ socket: consuming StreamSocket, _ server: EchoServer) {
        self.socket = socket
        self.server = server
    }

    func inputReady(on loop: EventLoop) {
        guard output.isEmpty, socket.mayHoldInput(on: loop) else { return }
        switch socket.receive(on: loop) {
        case .received: loop.withReceived { output.append($0) }
        case .wouldBlock: return
        case .ended: hasEnded = true
        case .failed: return close(on: loop)
        }
        server.received(self)
    }

    func flush(on loop: EventLoop) {
        guard socket.isOpen else { return }
        switch output.withBytes({ socket.send($0, on: loop) }) {
        case .sentAll:
            output.removeAll()
            if hasEnded {
                close(on: loop)
            } else if socket.mayHoldInput(on: loop) {
                socket.callAgain(on: loop)
            }
        case .sentPart(let count):
            server.counters.add(1, to: EchoServer.Counter.partialSends)
            output.removeFirst(count)
        case .failed: close(on: loop)
        }
    }

    func outputReady(on loop: EventLoop) { flush(on: loop) }

    func connectionFailed(on loop: EventLoop) {
        server.counters.add(1, to: EchoServer.Counter.failures)
        close(on: loop)
    }

    func close(on loop: EventLoop) { socket.close(on: loop) }
}
