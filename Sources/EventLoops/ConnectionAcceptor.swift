package import LinuxSystem

/// What a listener tells the one who serves its connections.
package protocol ConnectionAcceptor: AnyObject {
    /// A connection has arrived: register a handler for it or close it.
    func accepted(_ socket: consuming StreamSocket, on loop: EventLoop)

    /// The listener takes no connections for a while; it goes on by itself.
    func acceptingPaused(_ reason: Listener.Pause, on loop: EventLoop)

    /// The TLS of a connection that is handed over next has begun.
    func handshakeCompleted(_ facts: TLSFacts, on loop: EventLoop)

    /// A connection has closed before it could be handed over.
    func handshakeFailed(_ fault: TLSFault, peer: SocketAddress, on loop: EventLoop)

    /// A connection has closed within what a proxy says in front of it.
    func greetingFailed(on loop: EventLoop)
}

extension ConnectionAcceptor {
    /// Ignores the pause: not everyone keeps a record of it.
    package func acceptingPaused(_ reason: Listener.Pause, on loop: EventLoop) {}

    /// Does nothing: not everyone counts handshakes.
    package func handshakeCompleted(_ facts: TLSFacts, on loop: EventLoop) {}

    /// Does nothing: not everyone counts handshakes.
    package func handshakeFailed(_ fault: TLSFault, peer: SocketAddress, on loop: EventLoop) {}

    /// Does nothing: not everyone waits for the last connection.
    package func greetingFailed(on loop: EventLoop) {}
}
