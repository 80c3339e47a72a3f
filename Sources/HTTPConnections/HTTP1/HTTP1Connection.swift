package import EventLoops
package import LinuxSystem

/// One client's connection: bytes in, requests to the handler, answers out, one request at a time.
///
/// In the steady state a request arrives whole in the loop's receive buffer, is handled there, and its answer leaves
/// in one send; nothing is copied into the connection. Only what arrives in parts, or behind a request in work, is
/// kept in buffers of its own, which are given back when the connection falls idle.
///
/// Everything that a connection writes during one turn — an event, or an answer that was deferred — gathers in the
/// loop's output buffer and is sent when the turn ends.
///
/// - Isolation: the loop's thread.
package final class HTTP1Connection: HTTPExchange {
    /// Bytes up to which a body is copied behind its head, so that one buffer goes to the kernel.
    static let copiedBodyByteCount = 16 << 10

    /// Bytes of answers that one turn hands to the socket; as many are received at most.
    ///
    /// Copying them, with new memory at either side, takes about a tenth of a millisecond, for which the loop's other
    /// clients wait.
    static let sentByteCountPerTurn = EventLoopsLimits.receiveByteCount

    /// For each byte of a body that has arrived, bytes of memory that are claimed for the rest of it.
    ///
    /// The first receive of a long body is thus moved once, and the rest never, up to 16 MiB. What is claimed and not
    /// used takes addresses only.
    static let bodyGrowth = 63

    /// How a connection ends after its last answer.
    enum Ending {
        case none
        case close
        /// Bytes of the peer may still be under way: closing at once would reset the connection and lose the answer.
        case linger
    }

    let shared: HTTPLoop
    var socket: StreamSocket
    /// Place in the loop's list.
    var index: Int

    /// Nothing of a request of HTTP/1.1 has been seen: the client may yet begin to speak HTTP/2.
    var isFirstRequest = true
    var state: HTTP1ConnectionState
    var parser: HTTP1RequestParser
    var decoder: HTTP1BodyDecoder

    /// Bytes of a head that is not complete, or behind the request in work.
    var unread = ByteBuffer()
    /// The head of the request whose body is arriving.
    var partialHead = ByteBuffer()
    /// The body that is arriving, without its framing.
    var partialBody = ByteBuffer()
    /// Bytes of the body still to come; -1 in chunked framing.
    var missingBodyByteCount = 0
    /// When the first part of a request was there that comes in parts; `never` between such requests.
    var partialSince = Nanoseconds.never
    /// Bytes that have arrived behind the request that is being handed over.
    var laterByteCount = 0
    /// Answers that the socket did not take yet, or was not given.
    var unsent = ByteBuffer()
    /// Bytes of them that the loop has counted.
    var countedByteCount = 0
    /// Whether the socket may take more of them, and others have their turn first.
    var sendsNextTurn = false

    /// What the answer to the request in work must say.
    var persistence = HTTPResponseHead.Persistence.implied
    var answersHead = false
    var timer: TimerToken?
    /// When the timer fires, at the latest.
    var timerInstant = Nanoseconds.never
    /// What happens when everything written has been sent.
    var ending = Ending.none
    /// Why the connection has ended; means something once it has.
    var end = ConnectionEnd.answered
    /// Requests begun during this turn; beyond the limit others get theirs first.
    var requestsThisTurn = 0

    init(_ socket: consuming StreamSocket, on shared: HTTPLoop, index: Int) {
        self.shared = shared
        self.index = index
        self.socket = socket
        state = HTTP1ConnectionState(acceptedAt: shared.loop.now, shared.limits)
        parser = HTTP1RequestParser(bodyByteCountLimit: shared.limits.bodyByteCount)
        decoder = HTTP1BodyDecoder(bodyByteCountLimit: shared.limits.bodyByteCount)
        super.init()
    }

    package override var peer: SocketAddress { socket.peer }

    package override var isRelayed: Bool { socket.isRelayed }

    package override var security: TLSFacts? { socket.security }

    package override var receiveStart: Nanoseconds { min(partialSince, shared.loop.now) }

    package override var isOpen: Bool { state.phase != .closed }

    func begin() {
        do {
            try socket.register(self, on: shared.loop)
        } catch {
            // The kernel has no memory to watch one more connection.
            return close(.lost)
        }
        hasten(to: shared.limits.idleNanoseconds)
    }

    /// Answers the request that the handler had deferred.
    ///
    /// - Parameter write: puts the body into an empty buffer and returns the head.
    package override func answer(_ write: (inout ByteBuffer) -> HTTPResponseHead) {
        guard state.phase == .working else { return }
        shared.reply.removeAll()
        finishRequest(write(&shared.reply))
        continueTurn()
    }

    /// Answers the request that the handler had deferred with a body that stands elsewhere.
    ///
    /// - Parameter body: may be taken away, if there is more of it than the socket takes at once.
    package override func answer(_ head: HTTPResponseHead, body: inout ByteBuffer) {
        guard state.phase == .working else { return }
        finishRequest(head, body: &body)
        continueTurn()
    }

    /// Closes without an answer to the request that the handler had deferred, because nobody waits for it any more.
    package override func abandon() {
        guard state.phase == .working else { return }
        close(.client)
    }

    /// The server is ending.
    func drainBegan() {
        // What has arrived meanwhile counts as arrived before; the turn ends by closing what is idle.
        if state.phase == .idle { continueTurn() }
    }
}
