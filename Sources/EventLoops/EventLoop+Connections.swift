package import LinuxSystem

/// Connections as the loop and its group count them.
extension EventLoop {
    /// Takes the connections that other loops of the group hand over, until `refuseHandedConnections`.
    ///
    /// Each goes to the acceptor at the index of the listener that has accepted it.
    ///
    /// - Precondition: called once, with an acceptor for every index that a listener of the group has.
    package func receiveHandedConnections(_ acceptors: [any ConnectionAcceptor]) throws(SystemError) {
        guard let mailbox = member.mailbox else { return }
        try attach(mailbox) { message, loop in
            switch message {
            case .connection(let handed):
                switch handed.take() {
                case .some(let descriptor):
                    let socket = StreamSocket(descriptor, peer: handed.peer, on: loop)
                    acceptors[handed.listenerIndex].accepted(socket, on: loop)
                case .none: preconditionFailure("a connection was handed over twice")
                }
            case .placeFreed: loop.resumeListeners()
            }
        }
        member.setTakesFromOthers(true)
    }

    /// Takes no further connections from other loops, except those that are on their way.
    package func refuseHandedConnections() { member.setTakesFromOthers(false) }

    /// Whether connections are on their way to the one who serves them: from another loop, within the words of a proxy,
    /// or in their handshake.
    package var awaitsHandedConnections: Bool {
        member.connectionCount > connectionCount || greetingCount > 0 || handshakeCount > 0
    }

    /// Counts a connection that is not handed on before a proxy's words have been read.
    func greetingBegan() { greetingCount += 1 }

    /// Counts a connection whose proxy's words were read, or that was closed within them.
    func greetingEnded() {
        greetingCount -= 1
        precondition(greetingCount >= 0, "more greetings ended than begun")
    }

    /// Counts a connection that is not handed over until its handshake is complete.
    func handshakeBegan() { handshakeCount += 1 }

    /// Counts a connection whose handshake is complete or has failed.
    func handshakeEnded() {
        handshakeCount -= 1
        precondition(handshakeCount >= 0, "more handshakes ended than begun")
    }

    /// Whether a handshake may take a step in this tick.
    func takeHandshakeStep() -> Bool {
        handshakeStepCount += 1
        return handshakeStepCount <= EventLoopsLimits.handshakeStepsPerTick
    }

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
