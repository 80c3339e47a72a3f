/// What a listener tells the one who serves its connections.
package protocol ConnectionAcceptor: AnyObject {
    /// A connection has arrived: register a handler for it or close it.
    func accepted(_ socket: consuming StreamSocket, on loop: EventLoop)

    /// The listener takes no connections for a while; it goes on by itself.
    func acceptingPaused(_ reason: Listener.Pause, on loop: EventLoop)
}

extension ConnectionAcceptor {
    /// Ignores the pause: not everyone keeps a record of it.
    package func acceptingPaused(_ reason: Listener.Pause, on loop: EventLoop) {}
}
