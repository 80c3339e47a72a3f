package import EventLoops
package import LinuxSystem

/// What a handler has done with a request.
package enum HTTPHandling {
    /// The answer's body stands in `reply`; this is its head.
    case answered(HTTP1ResponseHead)
    /// The handler keeps the connection and calls `HTTP1Connection.answer` later, on the same loop.
    case deferred
}

/// The one who answers the requests of a loop's connections.
///
/// - Isolation: the loop's thread.
package protocol HTTPRequestHandler: AnyObject {
    /// A whole request has arrived.
    ///
    /// - Parameter head: means something only during the call, like the spans.
    /// - Parameter bytes: what the ranges of `head` refer to.
    /// - Parameter body: without framing, still in its content coding.
    /// - Parameter reply: empty; takes the body of an answer that is given at once.
    func requestArrived(
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, body: Span<UInt8>, reply: inout ByteBuffer,
        on connection: HTTP1Connection
    ) -> HTTPHandling

    /// A whole request with a body of at least `HTTPLoop.largeBodyByteCount` bytes has arrived; the handler owns it.
    func largeRequestArrived(
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, body: consuming ByteBuffer,
        reply: inout ByteBuffer, on connection: HTTP1Connection
    ) -> HTTPHandling

    /// An answer was handed over for sending.
    func requestAnswered(_ status: HTTPStatus, bodyByteCount: Int, on connection: HTTP1Connection)

    /// A listener takes no connections for a while.
    func acceptingPaused(_ reason: Listener.Pause)

    /// A client has ended its side of a connection while the handler has a request of it that it has deferred.
    ///
    /// It may have gone, or only have nothing more to ask: the network does not tell. The connection can be answered.
    func clientFinished(_ connection: HTTP1Connection)

    /// A connection has closed; an answer to a request that the handler had deferred goes nowhere.
    func connectionClosed(_ connection: HTTP1Connection)

    /// The framing of a connection was faulty, or a request took too long: writes the answer's body to `reply`.
    func requestRefused(
        _ message: StaticString, status: HTTPStatus, reply: inout ByteBuffer, on connection: HTTP1Connection)
}

/// What most handlers have nothing to do about.
extension HTTPRequestHandler {
    /// Does nothing: not every handler counts its answers.
    package func requestAnswered(_ status: HTTPStatus, bodyByteCount: Int, on connection: HTTP1Connection) {}

    /// Does nothing: a handler that defers no answer has nothing to forget.
    package func connectionClosed(_ connection: HTTP1Connection) {}

    /// Does nothing: most answers are there before anybody could have gone.
    package func clientFinished(_ connection: HTTP1Connection) {}

    /// Does nothing: clients wait in the kernel's queue meanwhile.
    package func acceptingPaused(_ reason: Listener.Pause) {}
}
