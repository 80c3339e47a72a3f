package import LinuxSystem

/// Stands between a listener and the one who serves its connections, and hands on those whose handshake is complete.
///
/// - Isolation: the loop's thread.
package final class TLSAcceptor: ConnectionAcceptor {
    private var server: TLSServer
    private let acceptor: any ConnectionAcceptor
    private let timeout: Nanoseconds
    private var handshakes: [TLSHandshake] = []
    private var isDraining = false

    /// How long handshakes may still take once the server ends.
    private static let drainGrace = Nanoseconds.milliseconds(500)

    /// Makes an acceptor.
    ///
    /// - Parameter timeout: for a whole handshake.
    package init(_ server: TLSServer, timeout: Nanoseconds, before acceptor: any ConnectionAcceptor) {
        self.server = server
        self.acceptor = acceptor
        self.timeout = timeout
    }

    /// Uses another server's certificates for connections that come from now on.
    package func adopt(_ server: TLSServer) { self.server = server }

    package func accepted(_ socket: consuming StreamSocket, on loop: EventLoop) {
        let handshake = TLSHandshake(socket, self, index: handshakes.count)
        handshakes.append(handshake)
        loop.handshakeBegan()
        let limit = isDraining ? min(timeout, Self.drainGrace) : timeout
        handshake.begin(server, until: loop.now + limit, on: loop)
    }

    package func acceptingPaused(_ reason: Listener.Pause, on loop: EventLoop) {
        acceptor.acceptingPaused(reason, on: loop)
    }

    package func greetingFailed(on loop: EventLoop) { acceptor.greetingFailed(on: loop) }

    /// Gives handshakes under way a last moment; to be called when the server ends, before the one who serves is told.
    package func drain(on loop: EventLoop) {
        isDraining = true
        for handshake in handshakes { handshake.limit(to: loop.now + min(timeout, Self.drainGrace), on: loop) }
    }

    func completed(_ handshake: TLSHandshake, _ socket: consuming StreamSocket, on loop: EventLoop) {
        remove(handshake)
        guard let facts = socket.security, let token = socket.registration else {
            preconditionFailure("a complete handshake has facts and a registered socket")
        }
        loop.handshakeEnded()
        acceptor.handshakeCompleted(facts, on: loop)
        acceptor.accepted(socket, on: loop)
        // The first request may have arrived with the end of the handshake.
        loop.callAgain(token)
    }

    func failed(_ handshake: TLSHandshake, _ fault: TLSFault, peer: SocketAddress, on loop: EventLoop) {
        remove(handshake)
        loop.handshakeEnded()
        acceptor.handshakeFailed(fault, peer: peer, on: loop)
    }

    private func remove(_ handshake: TLSHandshake) {
        let index = handshake.index
        precondition(handshakes[index] === handshake, "a handshake knows its place")
        handshakes.swapAt(index, handshakes.count - 1)
        handshakes[index].index = index
        handshakes.removeLast()
    }
}
