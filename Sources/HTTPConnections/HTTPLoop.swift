package import EventLoops
package import LinuxSystem

/// What the connections of one event loop share: buffers, limits, the handler, and the list of themselves.
///
/// Buffers that only one connection needs at a time exist once per loop, so an idle connection holds none.
///
/// - Isolation: the loop's thread.
package final class HTTPLoop: ConnectionAcceptor, TickObserver {
    /// Bytes from which a body is handed over with its buffer instead of being lent.
    package static let largeBodyByteCount = 256 << 10

    /// Body buffers that a loop keeps for requests that come in parts, and the most bytes that one of them has.
    static let spareBodyCount = 16
    static let spareBodyByteCount = 2 * largeBodyByteCount

    /// Bytes of a shared buffer that are kept between two turns.
    static let keptBufferByteCount = 4 << 20

    /// What these connections speak, by ALPN's names, the preferred first.
    package static let applicationProtocols = ["h2", "http/1.1"]

    package let loop: EventLoop
    package let limits: HTTPLimits
    /// The body of the answer that is being written.
    var reply = ByteBuffer(capacity: 64 << 10)
    /// Answers of the connection whose turn it is, on their way to the socket.
    var output = ByteBuffer(capacity: 64 << 10)
    /// The head of the request that is being read.
    var head = HTTPRequestHead()
    let handler: any HTTPRequestHandler
    /// What connections of HTTP/2 share.
    let http2: HTTP2Loop
    /// Answers of all connections that wait for their clients.
    var backlog: BacklogShare
    /// The first `spareCount` have capacity and belong to nobody.
    private var spareBodies = InlineArray<16, ByteBuffer> { _ in ByteBuffer() }
    private var spareCount = 0
    private(set) var isDraining = false
    private var hasReported = false
    private var connections: [any HTTPConnection] = []
    /// Called when the last connection has gone while draining.
    private let drained: () -> Void

    /// Makes the shared part of a loop's connections.
    ///
    /// The loop's owner adds it to the observers of the event loop's ticks, behind its handler.
    ///
    /// - Parameter backlog: the loop's share of what may wait for clients; nil for a loop that is alone.
    /// - Parameter drained: called once, when the loop was told to drain and its last connection has gone.
    package init(
        on loop: EventLoop, limits: HTTPLimits, handler: any HTTPRequestHandler, backlog: BacklogShare? = nil,
        drained: @escaping () -> Void
    ) {
        limits.checkRelations()
        precondition(spareBodies.count == Self.spareBodyCount, "there is a place for each spare buffer")
        self.loop = loop
        self.limits = limits
        self.handler = handler
        http2 = HTTP2Loop(limits.http2)
        let alone = AnswerBacklog(loopCount: 1, byteCountLimit: limits.unreadAnswerByteCount)
        self.backlog = backlog ?? BacklogShare(of: alone, loop: 0)
        self.drained = drained
        connections.reserveCapacity(1_024)
    }

    /// Open connections of this loop.
    package var connectionCount: Int { connections.count }

    package func accepted(_ socket: consuming StreamSocket, on loop: EventLoop) {
        let connection = HTTP1Connection(socket, on: self, index: connections.count)
        connections.append(connection)
        connection.begin()
        // Another loop may have accepted it before it knew that the server ends.
        if isDraining { connection.drainBegan() }
    }

    /// Closes idle connections, lets the others answer what they have begun, and then reports that it is drained.
    package func drain() {
        guard !isDraining else { return }
        isDraining = true
        loop.refuseHandedConnections()
        // Closing a connection moves the last one of the list into its place.
        var index = connections.count
        while index > 0 {
            index -= 1
            connections[index].drainBegan()
        }
        reportIfDrained()
    }

    private func reportIfDrained() {
        guard isDraining, connections.isEmpty, !loop.awaitsHandedConnections, !hasReported else { return }
        hasReported = true
        drained()
    }

    package func acceptingPaused(_ reason: Listener.Pause, on loop: EventLoop) {
        handler.acceptingPaused(reason)
    }

    package func greetingFailed(on loop: EventLoop) { reportIfDrained() }

    package func handshakeCompleted(_ facts: TLSFacts, on loop: EventLoop) { handler.handshakeCompleted(facts) }

    package func handshakeFailed(_ fault: TLSFault, peer: SocketAddress, on loop: EventLoop) {
        handler.handshakeFailed(fault, peer: peer)
        reportIfDrained()
    }

    /// Gives a connection whose next body comes in parts a buffer that has room already, if there is one.
    func lendBody(to buffer: inout ByteBuffer) {
        guard buffer.capacity == 0, spareCount > 0 else { return }
        spareCount -= 1
        swap(&buffer, &spareBodies[spareCount])
    }

    /// Takes the buffer of a body that has been handled, so that no connection holds one between two requests.
    func takeBackBody(_ buffer: inout ByteBuffer) {
        guard buffer.capacity > 0, buffer.capacity <= Self.spareBodyByteCount, spareCount < Self.spareBodyCount else {
            return buffer.releaseCapacity()
        }
        buffer.removeAll()
        swap(&buffer, &spareBodies[spareCount])
        spareCount += 1
    }

    /// Gives back what an exceptionally long answer has left behind.
    func releaseLargeBuffers() {
        if reply.capacity > Self.keptBufferByteCount { reply.releaseCapacity() }
        if output.capacity > Self.keptBufferByteCount { output.releaseCapacity() }
    }

    /// Sends what connections of HTTP/2 have to send; to be called after the handler's own work at the end of a tick.
    package func tickEnded(on loop: EventLoop) -> TickContinuation {
        http2.tickEnded()
        if backlog.isFull { endUnread() }
        backlog.publish()
        return .wait
    }

    /// Ends connections until no more answers wait than may.
    private func endUnread() {
        let excess = backlog.excess
        let before = backlog.byteCount
        let candidates = connections.lazy.map(\.waiting).filter { $0.byteCount > 0 }
        let victims = BacklogShare.victims(of: Array(candidates), excess: excess).map { connections[$0] }
        for victim in victims { victim.giveUpAnswers() }
        // Some are told why.
        http2.tickEnded()
        handler.answersGivenUp(connectionCount: victims.count, byteCount: before - backlog.byteCount)
    }

    /// Puts a connection of HTTP/2 in the place of the one of HTTP/1.1 that it was until now.
    func replace(_ connection: HTTP1Connection, by successor: HTTP2Connection) {
        precondition(connections[connection.index] === connection, "a connection knows its place")
        connections[connection.index] = successor
    }

    /// Takes a closed connection off the list.
    func closed(_ connection: any HTTPConnection, _ end: ConnectionEnd) {
        handler.connectionClosed(end)
        let index = connection.index
        precondition(connections[index] === connection, "a connection knows its place")
        connections.swapAt(index, connections.count - 1)
        connections[index].index = index
        connections.removeLast()
        reportIfDrained()
    }
}
