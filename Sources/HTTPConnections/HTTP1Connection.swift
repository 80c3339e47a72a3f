import EventLoops
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
package final class HTTP1Connection {
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
    /// Bytes that have arrived behind the request that is being handed over.
    var laterByteCount = 0
    /// Answers that the socket did not take yet, or was not given.
    var unsent = ByteBuffer()
    /// Whether the socket may take more of them, and others have their turn first.
    var sendsNextTurn = false

    /// What the answer to the request in work must say.
    var persistence = HTTP1ResponseHead.Persistence.implied
    var answersHead = false
    var timer: TimerToken?
    /// When the timer fires, at the latest.
    var timerInstant = Nanoseconds.never
    /// What happens when everything written has been sent.
    var ending = Ending.none
    /// Requests begun during this turn; beyond the limit others get theirs first.
    var requestsThisTurn = 0

    init(_ socket: consuming StreamSocket, on shared: HTTPLoop, index: Int) {
        self.shared = shared
        self.index = index
        self.socket = socket
        state = HTTP1ConnectionState(acceptedAt: shared.loop.now, shared.limits)
        parser = HTTP1RequestParser(bodyByteCountLimit: shared.limits.bodyByteCount)
        decoder = HTTP1BodyDecoder(bodyByteCountLimit: shared.limits.bodyByteCount)
    }

    /// Who is at the other end.
    package var peer: SocketAddress { socket.peer }

    /// Whether the client can still be answered.
    package var isOpen: Bool { state.phase != .closed }

    func begin() {
        do {
            try socket.register(self, on: shared.loop)
        } catch {
            // The kernel has no memory to watch one more connection.
            return close()
        }
        hasten(to: shared.limits.idleNanoseconds)
    }

    /// Answers the request that the handler had deferred.
    ///
    /// - Parameter write: puts the body into an empty buffer and returns the head.
    package func answer(_ write: (inout ByteBuffer) -> HTTP1ResponseHead) {
        guard state.phase == .working else { return }
        shared.reply.removeAll()
        finishRequest(write(&shared.reply))
        continueTurn()
    }

    /// Answers the request that the handler had deferred with a body that stands elsewhere.
    ///
    /// - Parameter body: may be taken away, if there is more of it than the socket takes at once.
    package func answer(_ head: HTTP1ResponseHead, body: inout ByteBuffer) {
        guard state.phase == .working else { return }
        finishRequest(head, body: &body)
        continueTurn()
    }

    /// Closes without an answer to the request that the handler had deferred, because nobody waits for it any more.
    package func abandon() {
        guard state.phase == .working else { return }
        close()
    }

    /// The server is ending.
    func drainBegan() {
        // What has arrived meanwhile counts as arrived before; the turn ends by closing what is idle.
        if state.phase == .idle { continueTurn() }
    }
}
