package import LinuxSystem

/// Connections as the loop and its group count them.
extension EventLoop {
    /// Takes the connections that other loops of the group hand over, until `refuseHandedConnections`.
    ///
    /// - Precondition: called once.
    package func receiveHandedConnections(_ acceptor: any ConnectionAcceptor) throws(SystemError) {
        guard let mailbox = member.mailbox else { return }
        try attach(mailbox) { message, loop in
            switch message {
            case .connection(let handed):
                switch handed.take() {
                case .some(let descriptor):
                    acceptor.accepted(StreamSocket(descriptor, peer: handed.peer, on: loop), on: loop)
                case .none: preconditionFailure("a connection was handed over twice")
                }
            case .placeFreed: loop.resumeListeners()
            }
        }
        member.setTakesFromOthers(true)
    }

    /// Takes no further connections from other loops, except those that are on their way.
    package func refuseHandedConnections() { member.setTakesFromOthers(false) }

    /// Whether connections of this loop are on their way from another.
    package var awaitsHandedConnections: Bool { member.connectionCount > connectionCount }

    /// Counts a socket that was made for this loop; the group has counted its connection before.
    func connectionOpened() { connectionCount += 1 }

    /// Counts a connection that was closed, and lets resting listeners go on.
    func connectionClosed() {
        connectionCount -= 1
        precondition(connectionCount >= 0, "more connections closed than opened")
        if member.connectionClosed() { resumeListeners() }
    }

    /// Gives back a place of the group that no connection came for.
    func freePlace() {
        if member.freePlace() { resumeListeners() }
    }

    /// Tells a listener when there may be a place in the group.
    func awaitPlace(_ listener: Listener) {
        fullListeners.append(listener)
        if !member.rest() { resumeListeners() }
    }

    private func resumeListeners() {
        let listeners = fullListeners
        fullListeners.removeAll()
        for listener in listeners { listener.placeFreed(on: self) }
    }
}
