import EventLoops
import LinuxSystem

/// One client's connection of HTTP/2: many requests at a time, each on a stream of its own.
///
/// What has arrived is given to the library, which tells what it means; requests that are complete go to the handler
/// at once, so that all of a tick meet in one batch. What is to be said — answers, acknowledgements, leave to send
/// more — gathers until the tick ends and then leaves in one send.
///
/// A connection begins as one of HTTP/1.1 and becomes one of these when its first bytes are the client's preface.
///
/// - Isolation: the loop's thread.
/// - Source: RFC 9113; the choice by the preface is section 3.3, "Starting HTTP/2 with Prior Knowledge".
final class HTTP2Connection: HTTPConnection {
    let shared: HTTPLoop
    let http2: HTTP2Loop
    var socket: StreamSocket
    let peer: SocketAddress
    let isRelayed: Bool
    /// Place in the loop's list.
    var index: Int

    var state: HTTP2ConnectionState
    var meter: HTTP2FloodMeter
    /// Nil until `begin`.
    private(set) var library: HTTP2Session?

    /// Streams that are open, in no order.
    var streams: ContiguousArray<HTTP2Stream> = []
    /// The stream whose fields are arriving, and nil if they are trailers.
    var fieldsStream: HTTP2Stream?
    /// Trailers that are arriving: checked for their length only.
    var trailers = HTTP2RequestFields()
    /// Streams whose answers are complete while their requests are not.
    var abruptStreams: ContiguousArray<HTTP2Stream> = []

    /// Bytes of bodies that are held because they are not complete.
    var arrivingByteCount = 0
    /// Bytes of answers that wait to be sent.
    private(set) var waitingByteCount = 0

    /// What has arrived and waits for the next turn.
    var unread = ByteBuffer()
    /// Bytes of it that the library is given at a time.
    var pieceByteCount = HTTP2Limits.cautiousPieceByteCount

    /// Frames that the socket did not take yet.
    var unsent = ByteBuffer()
    /// Bytes of them that the loop has counted.
    var countedByteCount = 0
    /// Whether the connection is on the list of those that have something to send.
    var isMarked = false
    /// Whether the socket may take more, and others have their turn first.
    var sendsNextTurn = false
    var timer: TimerToken?
    /// When the timer fires, at the latest.
    var timerInstant = Nanoseconds.never
    /// Whether what arrives is not looked at any more.
    var isBroken = false
    /// What the peer has done against the protocol that the library does not tell; nil for nothing.
    var breach: HTTP2Session.ErrorCode?
    /// Why the connection has ended; means something once it has.
    var end = ConnectionEnd.client

    /// Takes over a socket from a connection of HTTP/1.1, without its handler.
    init(_ socket: consuming StreamSocket, on shared: HTTPLoop, index: Int) {
        self.shared = shared
        self.index = index
        http2 = shared.http2
        peer = socket.peer
        isRelayed = socket.isRelayed
        self.socket = socket
        state = HTTP2ConnectionState(acceptedAt: shared.loop.now, shared.limits)
        meter = HTTP2FloodMeter(shared.limits.http2)
    }

    /// The state of the library.
    var session: HTTP2Session {
        guard let library else { preconditionFailure("a connection begins before it is used") }
        return library
    }

    /// Begins with what has arrived, the client's preface first.
    func begin(_ bytes: Span<UInt8>) {
        let session = HTTP2Session(http2.library, for: self)
        library = session
        session.begin(shared.limits.http2)
        streams.reserveCapacity(16)
        look(at: shared.loop.now + Nanoseconds(Int64(shared.limits.idleNanoseconds)))
        receive(bytes)
        if shared.isDraining { drainBegan() }
        if !unread.isEmpty || socket.mayHoldInput(on: shared.loop) { socket.callAgain(on: shared.loop) }
    }

    /// More bytes of answers wait to be sent, or fewer.
    func waitingChanged(by byteCount: Int) {
        waitingByteCount += byteCount
        shared.backlog.change(by: byteCount)
    }

    /// Lets what was handed to the library be sent at the end of the tick.
    func mark() {
        guard !isMarked else { return }
        isMarked = true
        http2.mark(self)
    }
}
