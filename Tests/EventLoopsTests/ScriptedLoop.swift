import EventLoops
import LinuxSystem
import TestSupport

@testable import EventLoops

/// A loop on a scripted kernel and a clock that stands still.
///
/// Its epoll instance is descriptor 100, the first that a
/// test makes is 101.
final class ScriptedLoop {
    let kernel = ScriptedKernel()
    let clock = FakeClock()
    let loop: EventLoop

    init(connectionLimit: Int = 1000) throws {
        loop = try EventLoop(
            kernel: kernel, clock: clock, member: LoopGroup.alone(connectionLimit: connectionLimit))
        _ = kernel.takeCalls()
    }

    /// Listens as descriptor 101 and lets one connection, descriptor 102, be accepted by `acceptor`.
    func acceptOne(_ acceptor: any ConnectionAcceptor) throws -> Listener {
        let listener = try Listener(at: .loopback(port: 0), acceptor: acceptor, on: loop)
        kernel.nextWait(reports: (101, .input))
        kernel.nextAccepts(.connection)
        loop.tick()
        _ = kernel.takeCalls()
        return listener
    }
}

/// A connection that records what it is told and does what the test says.
final class RecordingConnection: SocketHandler {
    enum News: Equatable {
        case input
        case output
        case failure
    }

    var socket: StreamSocket
    var news: [News] = []
    var received: [UInt8] = []
    var outcomes: [ReceiveOutcome] = []
    /// Receives as long as there may be something.
    var receivesAll = true
    var closesAtEnd = true
    var actOnInput: ((RecordingConnection, EventLoop) -> Void)?

    init(_ socket: consuming StreamSocket) { self.socket = socket }

    // Expectations copy what they look at, which a socket does not allow; so they ask the connection.
    var isOpen: Bool { socket.isOpen }
    var peer: SocketAddress { socket.peer }

    func mayHoldInput(on loop: EventLoop) -> Bool { socket.mayHoldInput(on: loop) }

    func receive(into buffer: inout ByteBuffer, limit: Int, on loop: EventLoop) -> ReceiveOutcome {
        socket.receive(into: &buffer, limit: limit, on: loop)
    }

    func send(_ runs: [UInt8]..., on loop: EventLoop) -> StreamSocket.SendResult {
        let first = runs.first ?? []
        let second = runs.dropFirst().first ?? []
        let third = runs.dropFirst(2).first ?? []
        return socket.send(first.span, second.span, third.span, on: loop)
    }

    func inputReady(on loop: EventLoop) {
        news.append(.input)
        if receivesAll { receiveAll(on: loop) }
        actOnInput?(self, loop)
    }

    func receiveAll(on loop: EventLoop) {
        while socket.mayHoldInput(on: loop) {
            let outcome = socket.receive(on: loop)
            outcomes.append(outcome)
            switch outcome {
            case .received: loop.withReceived { bytes in for index in bytes.indices { received.append(bytes[index]) } }
            case .wouldBlock: return
            case .ended, .failed: if closesAtEnd { socket.close(on: loop) }
            }
        }
    }

    func outputReady(on loop: EventLoop) { news.append(.output) }

    func connectionFailed(on loop: EventLoop) {
        news.append(.failure)
        socket.close(on: loop)
    }
}

/// Registers a recording connection for each connection.
final class RecordingAcceptor: ConnectionAcceptor {
    var connections: [RecordingConnection] = []
    var pauses: [Listener.Pause] = []
    var handshakes: [TLSFacts] = []
    var faults: [TLSFault] = []

    func accepted(_ socket: consuming StreamSocket, on loop: EventLoop) {
        let connection = RecordingConnection(socket)
        do {
            try connection.socket.register(connection, on: loop)
        } catch {
            connection.socket.close(on: loop)
        }
        connections.append(connection)
    }

    func acceptingPaused(_ reason: Listener.Pause, on loop: EventLoop) { pauses.append(reason) }

    func handshakeCompleted(_ facts: TLSFacts, on loop: EventLoop) { handshakes.append(facts) }

    func handshakeFailed(_ fault: TLSFault, peer: SocketAddress, on loop: EventLoop) { faults.append(fault) }
}
