package import LinuxSystem

/// Takes connections from a listening socket and hands them to an acceptor.
///
/// Takes at most `EventLoopsLimits.acceptsPerTick` per tick. When the loop's group has as many connections as it may
/// have, the listener rests until one closes; when the process has run out of descriptors or memory, it rests for
/// `EventLoopsLimits.acceptPause`. While it rests the socket is not watched, so that nothing spins; clients wait in
/// the socket's queue.
///
/// - Ownership: the loop holds the listener until `close`.
/// - Isolation: the loop's thread.
package final class Listener: ReadinessHandler, TimerHandler {
    /// Why a listener takes no connections now.
    package enum Pause: Equatable, Sendable {
        /// The loops of the group have as many connections as they may have.
        case connectionLimit
        /// The process has no descriptor or memory left.
        case exhausted(SystemError)
    }

    /// The address that clients connect to, with the port that the kernel chose.
    package let address: SocketAddress
    /// Why no connections are taken; nil while they are.
    package private(set) var pause: Pause?

    private var descriptor: Descriptor?
    private var token: SlotToken?
    private var timer: TimerToken?
    private let index: Int
    private let acceptor: any ConnectionAcceptor

    /// Listens at an address and begins to take connections.
    ///
    /// - Parameter index: its place among the loop's listeners whose connections may be handed to other loops.
    /// - Throws: what the kernel refused: the address is in use (`EADDRINUSE`), is not of this machine
    ///   (`EADDRNOTAVAIL`), or its port is for privileged processes (`EACCES`).
    package init(
        at address: SocketAddress, index: Int = 0, acceptor: any ConnectionAcceptor, on loop: EventLoop
    ) throws(SystemError) {
        let descriptor = try loop.kernel.listen(at: address, backlog: EventLoopsLimits.listenBacklog)
        self.address = try loop.kernel.localAddress(of: descriptor)
        self.index = index
        self.acceptor = acceptor
        self.descriptor = nil
        token = try loop.watch(descriptor, for: .input, handler: self)
        self.descriptor = consume descriptor
    }

    func ready(on loop: EventLoop) {
        for _ in 0..<EventLoopsLimits.acceptsPerTick where pause == nil {
            if !acceptOne(on: loop) { return }
        }
    }

    /// Takes one connection; false if there is none to take now.
    private func acceptOne(on loop: EventLoop) -> Bool {
        if !loop.member.takePlace() {
            rest(.connectionLimit, on: loop)
            return false
        }
        let outcome: AcceptOutcome
        switch descriptor {
        case .some(let listening): outcome = loop.kernel.accept(from: listening)
        case .none: outcome = .wouldBlock
        }
        switch consume outcome {
        case .accepted(let connection, let peer):
            loop.member.connectionTaken()
            if let other = loop.member.reserveElsewhere() {
                loop.member.send(HandedConnection(connection, peer: peer, listenerIndex: index), to: other)
            } else {
                serve(connection, peer, on: loop)
            }
            return true
        case .lostConnection:
            loop.freePlace()
            return true
        case .wouldBlock:
            loop.freePlace()
            return false
        case .exhausted(let error):
            loop.freePlace()
            rest(.exhausted(error), on: loop)
            return false
        }
    }

    private func serve(_ connection: consuming Descriptor, _ peer: SocketAddress, on loop: EventLoop) {
        loop.member.connectionAccepted()
        acceptor.accepted(StreamSocket(connection, peer: peer, on: loop), on: loop)
    }

    // MARK: Resting

    private func rest(_ reason: Pause, on loop: EventLoop) {
        pause = reason
        rewatch(for: [], on: loop)
        switch reason {
        case .connectionLimit: loop.awaitPlace(self)
        case .exhausted: timer = loop.arm(self, at: loop.now + EventLoopsLimits.acceptPause)
        }
        acceptor.acceptingPaused(reason, on: loop)
    }

    private func resume(on loop: EventLoop) {
        pause = nil
        timer = nil
        rewatch(for: .input, on: loop)
    }

    private func rewatch(for interest: Readiness, on loop: EventLoop) {
        guard let token else { return }
        switch descriptor {
        case .some(let listening):
            do {
                try loop.rewatch(listening, for: interest, token)
            } catch {
                // Changing an existing watch needs no memory, so no refusal is documented that could happen here.
                preconditionFailure("a listening socket could not be watched: \(error)")
            }
        case .none: return
        }
    }

    package func timerFired(on loop: EventLoop) { resume(on: loop) }

    /// A connection has closed while this listener rested because of their number.
    func placeFreed(on loop: EventLoop) {
        if pause == .connectionLimit { resume(on: loop) }
    }

    // MARK: Ending

    /// Lets no new connection begin at this socket; those that have begun are still taken.
    ///
    /// Called a little before `close`, it makes sure that every client whose connection was established is served.
    package func refuseNewConnections(on loop: EventLoop) {
        switch descriptor {
        case .some(let listening): loop.kernel.refuseNewConnections(at: listening)
        case .none: return
        }
    }

    /// Takes every connection that waits in the queue, over the limit if need be, and closes the socket.
    package func close(on loop: EventLoop) {
        guard let token else { return }
        takeAllWaiting(on: loop)
        loop.forget(token)
        self.token = nil
        descriptor = nil
        if let timer { loop.cancel(timer) }
        timer = nil
        pause = nil
    }

    private func takeAllWaiting(on loop: EventLoop) {
        while true {
            let outcome: AcceptOutcome
            switch descriptor {
            case .some(let listening): outcome = loop.kernel.accept(from: listening)
            case .none: return
            }
            switch consume outcome {
            case .accepted(let connection, let peer):
                loop.member.takePlaceOverLimit()
                loop.member.connectionTaken()
                serve(connection, peer, on: loop)
            case .lostConnection: continue
            case .wouldBlock: return
            case .exhausted: return
            }
        }
    }
}
