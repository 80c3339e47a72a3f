package import LinuxSystem

/// Takes the PROXY header off connections that trusted proxies make, before whoever serves them sees a byte.
///
/// Connections of others are handed on as they are: only who is named says whose a connection is.
///
/// - Isolation: the loop's thread.
package final class ProxyAcceptor: ConnectionAcceptor {
    private let next: any ConnectionAcceptor
    private let isTrusted: (SocketAddress) -> Bool
    private let refused: (ProxyHeaderFault, SocketAddress) -> Void

    /// Stands before another acceptor.
    ///
    /// - Parameter isTrusted: whether connections of an address begin with a header.
    /// - Parameter refused: is told of a connection that was closed because its header was faulty.
    package init(
        before next: any ConnectionAcceptor, isTrusted: @escaping (SocketAddress) -> Bool,
        refused: @escaping (ProxyHeaderFault, SocketAddress) -> Void
    ) {
        self.next = next
        self.isTrusted = isTrusted
        self.refused = refused
    }

    package func accepted(_ socket: consuming StreamSocket, on loop: EventLoop) {
        guard isTrusted(socket.peer) else { return next.accepted(socket, on: loop) }
        ProxyGreeting(socket, for: self).begin(on: loop)
    }

    package func acceptingPaused(_ reason: Listener.Pause, on loop: EventLoop) {
        next.acceptingPaused(reason, on: loop)
    }

    package func greetingFailed(on loop: EventLoop) { next.greetingFailed(on: loop) }

    /// A header was read.
    func greeted(_ socket: consuming StreamSocket, on loop: EventLoop) {
        loop.greetingEnded()
        next.accepted(socket, on: loop)
    }

    /// A connection was closed within its header.
    func failed(_ fault: ProxyHeaderFault, _ peer: SocketAddress, on loop: EventLoop) {
        loop.greetingEnded()
        refused(fault, peer)
        next.greetingFailed(on: loop)
    }
}
