import LinuxSystem

/// A connection until its handshake is complete: the one who serves it does not know it yet.
///
/// - Ownership: the loop holds it while its socket is open, and the acceptor that made it.
/// - Isolation: the loop's thread.
final class TLSHandshake: SocketHandler, TimerHandler {
    /// Nil once the connection is handed on or closed.
    private var socket: StreamSocket?
    private let acceptor: TLSAcceptor
    private var timer: TimerToken?
    /// Place in the acceptor's list.
    var index: Int

    init(_ socket: consuming StreamSocket, _ acceptor: TLSAcceptor, index: Int) {
        self.socket = consume socket
        self.acceptor = acceptor
        self.index = index
    }

    func begin(_ server: TLSServer, until deadline: Nanoseconds, on loop: EventLoop) {
        guard socket?.beginTLS(server) == true else { return fail(.noMemory, on: loop) }
        do throws(SystemError) {
            try socket?.register(self, on: loop)
        } catch {
            return fail(.noMemory, on: loop)
        }
        limit(to: deadline, on: loop)
    }

    /// Lets the handshake fail at an instant, and not before.
    func limit(to deadline: Nanoseconds, on loop: EventLoop) {
        if let timer { loop.cancel(timer) }
        timer = loop.arm(self, at: deadline)
    }

    func inputReady(on loop: EventLoop) {
        guard loop.takeHandshakeStep() else {
            socket?.callAgain(on: loop)
            return
        }
        switch socket?.handshake(on: loop) {
        case .completed: complete(on: loop)
        case .failed(let fault): fail(fault, on: loop)
        case .waiting, nil: return
        }
    }

    func outputReady(on loop: EventLoop) {
        if socket?.sendWaiting(on: loop) == false { fail(.lost, on: loop) }
    }

    func connectionFailed(on loop: EventLoop) { fail(.lost, on: loop) }

    func timerFired(on loop: EventLoop) {
        timer = nil
        fail(.timedOut, on: loop)
    }

    private func complete(on loop: EventLoop) {
        if let timer { loop.cancel(timer) }
        timer = nil
        guard let socket = socket.take() else { return }
        acceptor.completed(self, socket, on: loop)
    }

    private func fail(_ fault: TLSFault, on loop: EventLoop) {
        if let timer { loop.cancel(timer) }
        timer = nil
        guard var socket = socket.take() else { return }
        let peer = socket.peer
        socket.close(on: loop)
        acceptor.failed(self, fault, peer: peer, on: loop)
    }
}
