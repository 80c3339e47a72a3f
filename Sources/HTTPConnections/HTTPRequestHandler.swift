package import EventLoops
package import LinuxSystem

/// What a handler has done with a request.
package enum HTTPHandling {
    /// The answer's body stands in `reply`; this is its head.
    case answered(HTTPResponseHead)
    /// The handler keeps the exchange and calls `HTTPExchange.answer` later, on the same loop.
    case deferred
}

/// The one who answers the requests of a loop's connections.
///
/// - Isolation: the loop's thread.
package protocol HTTPRequestHandler: AnyObject {
    /// The head of a request has arrived whose body is still to come: the handler may answer without it.
    ///
    /// Not called for a request that comes whole, nor for one whose body is handed over as it comes. Over HTTP/1.1 the
    /// connection ends with such an answer, so that short bodies are taken first.
    ///
    /// - Parameter reply: empty; takes the body of the answer.
    /// - Returns: nil for a request whose body is to be taken.
    func headArrived(
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, reply: inout ByteBuffer, on exchange: HTTPExchange
    ) -> HTTPResponseHead?

    /// A whole request has arrived.
    ///
    /// - Parameter head: means something only during the call, like the spans.
    /// - Parameter bytes: what the ranges of `head` refer to.
    /// - Parameter body: without framing, still in its content coding.
    /// - Parameter reply: empty; takes the body of an answer that is given at once.
    func requestArrived(
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, body: Span<UInt8>, reply: inout ByteBuffer,
        on exchange: HTTPExchange
    ) -> HTTPHandling

    /// A whole request with a body of at least `HTTPLoop.largeBodyByteCount` bytes has arrived; the handler owns it.
    func largeRequestArrived(
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, body: consuming ByteBuffer,
        reply: inout ByteBuffer, on exchange: HTTPExchange
    ) -> HTTPHandling

    /// Says how the body of a call of gRPC is wanted, whose head has arrived.
    func bodyDelivery(_ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>) -> HTTPBodyDelivery

    /// A request has arrived whose body is handed over as it comes.
    ///
    /// The handler answers the stream like a request that it has deferred, or in parts, at any time from now on.
    ///
    /// - Parameter head: means something only during the call, like the span.
    func streamBegan(_ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, on stream: HTTP2Stream)

    /// More of such a body has arrived, or its end.
    ///
    /// - Parameter bytes: all that was not used up so far.
    /// - Parameter isLast: nothing will follow.
    /// - Returns: how many of the first bytes are used up. The others are offered again with the next ones, or by
    ///   `HTTP2Stream.resumeBody`; the client may send as much more as was used up.
    func streamBytesArrived(_ bytes: Span<UInt8>, isLast: Bool, on stream: HTTP2Stream) -> Int

    /// The instant has come that the handler has set by `HTTP2Stream.expire`.
    func timeExpired(_ stream: HTTP2Stream)

    /// An answer was handed over for sending.
    ///
    /// - Parameter call: how a call of gRPC has ended; nil for any other request.
    func requestAnswered(_ status: HTTPStatus, call: UInt8?, bodyByteCount: Int, on exchange: HTTPExchange)

    /// A listener takes no connections for a while.
    func acceptingPaused(_ reason: Listener.Pause)

    /// The TLS of a connection that begins now has been agreed on.
    func handshakeCompleted(_ facts: TLSFacts)

    /// A client's TLS could not begin; its connection is closed.
    func handshakeFailed(_ fault: TLSFault, peer: SocketAddress)

    /// A client has ended its side of a connection while the handler has a request of it that it has deferred.
    ///
    /// It may have gone, or only have nothing more to ask: the network does not tell. The request can be answered.
    func clientFinished(_ exchange: HTTPExchange)

    /// Nobody waits any more for the answer to a request that the handler had deferred: it goes nowhere.
    ///
    /// The handler still answers or abandons the exchange when it is done.
    func exchangeLost(_ exchange: HTTPExchange)

    /// A connection has closed, after each of its exchanges that was still in work was lost.
    func connectionClosed(_ end: ConnectionEnd)

    /// Connections were ended because too many answers waited that clients did not take.
    func answersGivenUp(connectionCount: Int, byteCount: Int)

    /// The framing of a connection was faulty, or a request took too long: writes the answer's body to `reply`.
    func requestRefused(
        _ message: StaticString, status: HTTPStatus, reply: inout ByteBuffer, on exchange: HTTPExchange)
}

/// What most handlers have nothing to do about.
extension HTTPRequestHandler {
    /// Takes every body.
    package func headArrived(
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, reply: inout ByteBuffer, on exchange: HTTPExchange
    ) -> HTTPResponseHead? { nil }

    /// Takes every body in one piece.
    package func bodyDelivery(_ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>) -> HTTPBodyDelivery { .whole }

    /// Does nothing: a handler that takes every body in one piece hears of no stream.
    package func streamBegan(_ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, on stream: HTTP2Stream) {}

    /// Uses everything up, likewise.
    package func streamBytesArrived(_ bytes: Span<UInt8>, isLast: Bool, on stream: HTTP2Stream) -> Int { bytes.count }

    /// Does nothing: not every handler sets a time.
    package func timeExpired(_ stream: HTTP2Stream) {}

    /// Does nothing: not every handler counts its answers.
    package func requestAnswered(
        _ status: HTTPStatus, call: UInt8?, bodyByteCount: Int, on exchange: HTTPExchange
    ) {}

    /// Does nothing: most answers are there before anybody could have gone.
    package func clientFinished(_ exchange: HTTPExchange) {}

    /// Does nothing: a handler that defers no answer has nothing to forget.
    package func exchangeLost(_ exchange: HTTPExchange) {}

    /// Does nothing: not every handler counts connections.
    package func connectionClosed(_ end: ConnectionEnd) {}

    /// Does nothing: the end of each connection is told apart.
    package func answersGivenUp(connectionCount: Int, byteCount: Int) {}

    /// Does nothing: not every handler counts handshakes.
    package func handshakeCompleted(_ facts: TLSFacts) {}

    /// Does nothing: not every handler counts handshakes.
    package func handshakeFailed(_ fault: TLSFault, peer: SocketAddress) {}

    /// Does nothing: clients wait in the kernel's queue meanwhile.
    package func acceptingPaused(_ reason: Listener.Pause) {}
}
