package import LinuxSystem

/// A TCP connection as its owner uses it: receive, send, half-close, close; with or without TLS.
///
/// A handler class stores its socket as a property. In the steady state a request costs one `receive` and one `send`
/// system call and nothing else: readiness is edge-triggered and remembered by the loop, so no call is made to find
/// out that there is nothing left, and interest in output is registered once, at the first send that could not send
/// all.
///
/// ```swift
/// func accepted(_ socket: consuming StreamSocket, on loop: EventLoop) {
///     let connection = Connection(socket)
///     connection.socket.register(connection, on: loop)
/// }
/// func inputReady(on loop: EventLoop) {
///     while socket.mayHoldInput(on: loop) {
///         switch socket.receive(on: loop) {
///         case .received: loop.withReceived { parse($0) }
///         case .wouldBlock: return
///         case .ended, .failed: return socket.close(on: loop)
///         }
///     }
/// }
/// ```
///
/// - Ownership: the descriptor is closed by `close`, or when the value dies after its loop has ended.
/// - Isolation: the thread of the loop that accepted it.
package struct StreamSocket: ~Copyable {
    private var descriptor: Descriptor?
    private var token: SlotToken?
    /// What seals and opens; nil for a connection in the clear.
    private var tls: TLSStream?
    /// Who is at the other end, or for whom a proxy says that it has connected.
    package private(set) var peer: SocketAddress
    /// Whether a proxy has made the connection and said for whom.
    package private(set) var isRelayed = false

    /// What sending led to, after the loop has been asked to report when the rest can be sent.
    package enum SendResult: Equatable, Sendable {
        /// Everything was taken by the kernel.
        case sentAll
        /// So many bytes were taken, perhaps none; `SocketHandler.outputReady` will be called.
        case sentPart(Int)
        /// The connection is lost; nothing can be done but to close.
        case failed(SystemError)
    }

    init(_ descriptor: consuming Descriptor, peer: SocketAddress, on loop: EventLoop) {
        self.descriptor = consume descriptor
        self.peer = peer
        loop.connectionOpened()
    }

    /// A value without a connection, which one is moved into.
    private init(peer: SocketAddress) {
        descriptor = nil
        self.peer = peer
    }

    /// Whether `close` has not been called.
    package var isOpen: Bool {
        switch descriptor {
        case .some: true
        case .none: false
        }
    }

    /// Starts to tell `handler` what happens to the socket; the loop holds the handler until `close`.
    ///
    /// - Throws: what the kernel refused, for want of memory; the socket is to be closed then.
    /// - Precondition: open and not registered.
    package mutating func register(_ handler: any SocketHandler, on loop: EventLoop) throws(SystemError) {
        // A socket whose handshake is complete has been registered by the handshake.
        if let token, tls?.facts != nil { return loop.hand(token, to: handler) }
        if let token, isRelayed {
            // Whoever has read the proxy's words has registered it, and what came behind them is there already.
            loop.hand(token, to: handler)
            if loop.mayHoldInput(token) { loop.callAgain(token) }
            return
        }
        precondition(token == nil, "a socket was registered twice")
        guard let number = try registered(handler, on: loop) else {
            preconditionFailure("a closed socket was registered")
        }
        token = number
    }

    private borrowing func registered(
        _ handler: any SocketHandler, on loop: EventLoop
    ) throws(SystemError) -> SlotToken? {
        switch descriptor {
        case .some(let open): try loop.register(open, handler)
        case .none: nil
        }
    }

    /// Moves the connection into a value of its own; this one is as after `close`, but that the connection goes on.
    package mutating func moveOut() -> StreamSocket {
        var successor = StreamSocket(peer: peer)
        successor.isRelayed = isRelayed
        successor.token = token
        token = nil
        swap(&successor.descriptor, &descriptor)
        swap(&successor.tls, &tls)
        return successor
    }

    /// Gives the connection to another handler, which is told from now on what happens to it.
    ///
    /// - Precondition: registered.
    package borrowing func handOver(to handler: any SocketHandler, on loop: EventLoop) {
        guard let token else { preconditionFailure("a socket is handed over only when registered") }
        loop.hand(token, to: handler)
    }

    /// A proxy has said for whom it has connected.
    ///
    /// - Parameter source: nil if it speaks for itself.
    mutating func relay(from source: SocketAddress?) {
        if let source { peer = source }
        isRelayed = true
    }

    // MARK: Receiving

    /// Whether receiving may give something, the end included, without another call of `SocketHandler.inputReady`.
    package borrowing func mayHoldInput(on loop: EventLoop) -> Bool {
        guard let token else { return false }
        // Behind TLS's own end nothing counts, the network's end included.
        if let tls, tls.holdsInput || tls.hasEnded { return tls.holdsInput }
        return loop.mayHoldInput(token)
    }

    /// Receives into the buffer that the loop's connections share; see `EventLoop.withReceived`.
    ///
    /// - Returns: `.received` with at least one byte, or why there is none.
    package borrowing func receive(on loop: EventLoop) -> ReceiveOutcome {
        guard let token else { preconditionFailure("a socket receives only when registered") }
        switch descriptor {
        case .some(let open):
            if let tls { return loop.receive(open, tls, token) }
            return loop.receive(open, token)
        case .none: preconditionFailure("a closed socket receives nothing")
        }
    }

    /// Receives up to `limit` bytes and appends them to `buffer`.
    package borrowing func receive(
        into buffer: inout ByteBuffer, limit: Int, on loop: EventLoop
    ) -> ReceiveOutcome {
        guard let token else { preconditionFailure("a socket receives only when registered") }
        switch descriptor {
        case .some(let open):
            if let tls { return tls.receive(open, token, into: &buffer, limit: limit, on: loop) }
            return loop.receive(open, into: &buffer, limit: limit, token)
        case .none: preconditionFailure("a closed socket receives nothing")
        }
    }

    /// Asks for another `SocketHandler.inputReady` in the next tick, to be fair to other connections.
    package borrowing func callAgain(on loop: EventLoop) {
        if let token { loop.callAgain(token) }
    }

    // MARK: Sending

    /// Sends three runs of bytes, in order, with one system call; any of them may be empty.
    ///
    /// If the kernel does not take all, the handler's `outputReady` is called when it takes more.
    package borrowing func send(
        _ first: Span<UInt8>, _ second: Span<UInt8> = Span(), _ third: Span<UInt8> = Span(), on loop: EventLoop
    ) -> SendResult {
        guard let token else { preconditionFailure("a socket sends only when registered") }
        let byteCount = first.count &+ second.count &+ third.count
        if byteCount == 0, tls == nil { return .sentAll }
        switch descriptor {
        case .some(let open):
            if let tls { return tls.send(open, token, first, second, third, on: loop) }
            let sent: Int
            switch loop.kernel.send(to: open, first, second, third) {
            case .sent(byteCount): return .sentAll
            case .sent(let count): sent = count
            case .wouldBlock: sent = 0
            case .failed(let error): return .failed(error)
            }
            do {
                try loop.awaitOutput(open, token)
                return .sentPart(sent)
            } catch {
                return .failed(error)
            }
        case .none: preconditionFailure("a closed socket sends nothing")
        }
    }

    /// Tells the peer that nothing more will be sent; what it sends can still be received.
    package borrowing func finishSending(on loop: EventLoop) {
        switch descriptor {
        case .some(let open):
            tls?.finish(open, on: loop)
            loop.kernel.finishSending(to: open)
        case .none: preconditionFailure("a closed socket has nothing to finish")
        }
    }

    // MARK: Closing

    /// Closes the connection; the loop lets go of the handler.
    ///
    /// Nothing happens if it is closed already.
    ///
    /// If the peer has sent bytes that were not received, it may lose the end of what was sent to it: finish sending
    /// first and receive until the end.
    package mutating func close(on loop: EventLoop) {
        guard isOpen else { return }
        switch descriptor {
        case .some(let open): tls?.finish(open, on: loop)
        case .none: break
        }
        descriptor = nil
        tls = nil
        if let token { loop.forget(token) }
        token = nil
        loop.connectionClosed()
    }
}

/// TLS, before the socket is handed to its owner.
extension StreamSocket {
    /// What is known about the connection's TLS; nil in the clear.
    package var security: TLSFacts? { tls?.facts }

    /// Under what the loop knows the socket.
    var registration: SlotToken? { token }

    /// Lets TLS stand between the network and whoever uses the socket.
    ///
    /// - Returns: false without memory.
    mutating func beginTLS(_ server: TLSServer) -> Bool {
        tls = TLSStream(server)
        return tls != nil
    }

    /// Goes on with the handshake.
    borrowing func handshake(on loop: EventLoop) -> TLSStream.HandshakeStep {
        guard let token, let tls else { preconditionFailure("a handshake needs a registered socket with TLS") }
        switch descriptor {
        case .some(let open): return tls.handshake(open, token, on: loop)
        case .none: preconditionFailure("a closed socket has no handshake")
        }
    }

    /// Sends what a handshake has left; false if the connection is lost.
    borrowing func sendWaiting(on loop: EventLoop) -> Bool {
        guard let token, let tls else { return true }
        switch descriptor {
        case .some(let open): return tls.sendWaiting(open, token, on: loop)
        case .none: return true
        }
    }
}
