package import EventLoops
package import LinuxSystem

/// One request and its answer, as a handler sees them: where an answer goes that is not given at once.
///
/// A connection of HTTP/1.1 works on one request at a time, so it is the exchange itself; of HTTP/2 each stream is one.
/// Handlers know an exchange by its identity, which stands for one request from its arrival until it is answered or
/// abandoned, and may stand for another afterwards.
///
/// A class rather than a protocol, because answers are given through it on the way of every request.
///
/// - Isolation: the loop's thread.
package class HTTPExchange {
    /// What the page that has sent the request is told with the answer; nil where none has.
    package var originFields: HTTPAnswerFields?

    /// What the handler has found out about the sender from the head alone, for when the body is there.
    ///
    /// Nil when a request begins.
    package var admission: AnyObject?

    init() {}

    /// Who is at the other end.
    package var peer: SocketAddress { preconditionFailure("every exchange has a peer") }

    /// Whether a proxy has made the connection and said for whom.
    package var isRelayed: Bool { preconditionFailure("every exchange has a connection") }

    /// What is known about the connection's TLS; nil in the clear.
    package var security: TLSFacts? { nil }

    /// When the first byte of the request that is being handed over was there.
    package var receiveStart: Nanoseconds { preconditionFailure("every exchange has begun") }

    /// Whether the client can still be answered.
    package var isOpen: Bool { preconditionFailure("every exchange is open or not") }

    /// Answers the request that the handler had deferred; an answer to an exchange that was lost goes nowhere.
    ///
    /// - Parameter write: puts the body into an empty buffer and returns the head; not called if the answer goes
    ///   nowhere.
    package func answer(_ write: (inout ByteBuffer) -> HTTPResponseHead) {
        preconditionFailure("every exchange can be answered")
    }

    /// Answers the request that the handler had deferred with a body that stands elsewhere.
    ///
    /// - Parameter body: may be taken away.
    package func answer(_ head: HTTPResponseHead, body: inout ByteBuffer) {
        preconditionFailure("every exchange can be answered")
    }

    /// Gives up the request that the handler had deferred without an answer, because nobody waits for it any more.
    package func abandon() {
        preconditionFailure("every exchange can be abandoned")
    }
}
