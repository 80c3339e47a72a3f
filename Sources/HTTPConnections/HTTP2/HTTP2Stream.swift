package import EventLoops
package import LinuxSystem

/// One stream of HTTP/2: a request and its answer, beside others of the same connection.
///
/// Streams are used again and again, with their buffers; a loop has about as many as were ever open at once.
///
/// - Isolation: the loop's thread.
package final class HTTP2Stream: HTTPExchange {
    /// Bytes of buffers that a stream keeps for its next request.
    static let keptByteCount = 32 << 10

    /// Nil when the stream is over.
    private(set) var connection: HTTP2Connection?
    private(set) var id: Int32 = 0
    /// Place in the connection's list.
    var index = 0
    var state = HTTP2StreamState()
    /// When the head began.
    private(set) var start = Nanoseconds.zero
    private var client: SocketAddress?
    private var isClientRelayed = false

    var head = HTTPRequestHead()
    var fields = HTTP2RequestFields()
    /// What the ranges of the head refer to.
    var headBytes = ByteBuffer(capacity: 1_024)
    /// What has arrived of the body and was not used up.
    var body = ByteBuffer()
    /// DATA frames that the body has come in.
    var frameCount = 0
    /// Bytes of the body that the client was not given leave for again.
    var heldByteCount = 0
    /// What arrives of the body is dropped, because the request is answered without it.
    var dropsBody = false
    /// The client has reset the stream before all of the answer was written.
    var wasReset = false
    /// Whether the handler is being told about bytes of the body.
    var isOffering = false

    /// The body of the answer as far as it was not sent, and behind it the message of `status`.
    var reply = ByteBuffer()
    /// Whether `reply` will get no more.
    var replyIsWhole = false
    /// What the trailers say; nil without any.
    var status: GRPCStatus?
    /// Bytes of the body that were sent.
    var sentByteCount = 0
    /// Bytes of `reply` that the connection has counted as waiting.
    var countedByteCount = 0

    /// Bytes of the answer's body that can be sent.
    var unsentByteCount: Int { reply.count - (status?.messageByteCount ?? 0) }

    /// Begins a request.
    func begin(_ id: Int32, of connection: HTTP2Connection, at now: Nanoseconds) {
        self.connection = connection
        self.id = id
        client = connection.peer
        isClientRelayed = connection.isRelayed
        start = now
        state = HTTP2StreamState()
        head.reset()
        fields = HTTP2RequestFields()
        headBytes.removeAll()
        frameCount = 0
        heldByteCount = 0
        dropsBody = false
        wasReset = false
        replyIsWhole = false
        status = nil
        originFields = nil
        admission = nil
        sentByteCount = 0
        countedByteCount = 0
    }

    /// Forgets the connection and gives back what an exceptionally long answer has left behind.
    func end() {
        connection = nil
        admission = nil
        // Of a connection that has ended there may be parts of bodies: nobody else's request begins with them.
        body.removeAll()
        if body.capacity > Self.keptByteCount { body.releaseCapacity() }
        reply.removeAll()
        if reply.capacity > Self.keptByteCount { reply.releaseCapacity() }
        if headBytes.capacity > Self.keptByteCount { headBytes.releaseCapacity() }
    }

    /// Lets go of an answer of which nothing more will be sent.
    func dropAnswer() {
        // The library may ask for more of it, and is not told that this is its end.
        replyIsWhole = false
        status = nil
        reply.removeAll()
        reply.releaseCapacity()
    }

    // MARK: As handlers see it

    package override var peer: SocketAddress {
        guard let client else { preconditionFailure("a stream that a handler knows has begun") }
        return client
    }

    package override var isRelayed: Bool { isClientRelayed }

    package override var security: TLSFacts? { connection?.socket.security }

    package override var receiveStart: Nanoseconds { start }

    package override var isOpen: Bool { state.answer == .none || state.answer == .awaited || state.answer == .begun }

    package override func answer(_ write: (inout ByteBuffer) -> HTTPResponseHead) {
        guard let connection, state.answer == .awaited else { return }
        var reply = ByteBuffer()
        swap(&reply, &self.reply)
        reply.removeAll()
        let head = write(&reply)
        swap(&reply, &self.reply)
        connection.finish(self, head)
    }

    package override func answer(_ head: HTTPResponseHead, body: inout ByteBuffer) {
        guard let connection, state.answer == .awaited else { return }
        reply.removeAll()
        swap(&reply, &body)
        connection.finish(self, head)
    }

    /// Resets the stream, because nobody waits for its answer any more.
    package override func abandon() {
        guard let connection, isOpen else { return }
        connection.reset(self, .cancel)
    }

    /// Lends the head of the request again, for as long as the stream is open.
    package func withHead<Result>(_ body: (borrowing HTTPRequestHead, Span<UInt8>) -> Result) -> Result {
        headBytes.withBytes { body(head, $0) }
    }

    // MARK: Answers in parts

    /// Bytes of the answer that the client has not given leave to send yet: a handler with more to say may wait.
    package var waitingByteCount: Int { unsentByteCount }

    /// Begins an answer whose body follows in parts.
    package func beginAnswer(_ head: HTTPResponseHead) {
        guard let connection, state.answer == .awaited else { return }
        reply.removeAll()
        connection.begin(self, head)
    }

    /// Sends a part of the body, behind those before.
    package func send(_ bytes: Span<UInt8>) {
        guard let connection, state.answer == .begun else { return }
        reply.append(bytes)
        connection.goOn(self)
    }

    /// Ends an answer that was begun.
    ///
    /// - Parameter message: percent-encoded.
    package func endAnswer(_ code: UInt8, message: Span<UInt8> = Span()) {
        guard let connection, state.answer == .begun else { return }
        reply.append(message)
        status = GRPCStatus(code: code, messageByteCount: message.count)
        connection.goOn(self, isLast: true)
    }

    /// Offers the handler again what has arrived of the body and was not used up.
    package func resumeBody() {
        guard let connection, state.answer == .awaited || state.answer == .begun else { return }
        connection.offerBody(self)
    }

    /// Has the handler told at an instant, by `HTTPRequestHandler.timeExpired`, unless the answer has been given by
    /// then.
    package func expire(at instant: Nanoseconds) {
        guard let connection, isOpen else { return }
        state.expires(at: instant)
        connection.look(at: instant)
    }
}
