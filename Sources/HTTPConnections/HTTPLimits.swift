/// Everything about a connection that a client could otherwise grow or draw out without end.
///
/// The constants hold for every server; the stored properties are defaults that an option may replace.
///
/// - Units: in the names; times are nanoseconds of the monotonic clock.
package struct HTTPLimits: Sendable {
    /// Empty lines before a request line that are passed over.
    ///
    /// RFC 9112 section 2.2 asks for at least one; old clients append one to a body.
    package static let leadingEmptyLineCount = 4
    /// Bytes of a request line with its line end.
    ///
    /// The longest path names a model and a version, a query is ignored; 8,000 is the least that RFC 9112 section 3
    /// recommends.
    package static let requestLineByteCount = 8_192
    /// Header fields of one request; browsers behind several proxies send about forty.
    package static let fieldCount = 100
    /// Bytes of all header fields of one request with their line ends; cookies and tokens are the long ones.
    package static let headerByteCount = 32_768
    /// Hexadecimal digits of a chunk size: all that a 64-bit number has.
    ///
    /// More is an attempt at an overflow.
    package static let chunkSizeDigitCount = 16
    /// Bytes of all chunk extensions of one body.
    ///
    /// They have no known use; some clients send a signature.
    package static let chunkExtensionByteCount = 16_384
    /// Non-empty chunks of one body, so that a body of one-byte chunks does not cost many times its size.
    package static let chunkCount = 65_536
    /// Trailer fields of one body; they are checked and dropped.
    package static let trailerCount = 32
    /// Bytes of all trailer fields of one body with their line ends.
    package static let trailerByteCount = 8_192
    /// Bytes of a body of HTTP/1.1 that are taken although the head alone may tell that the request is refused.
    ///
    /// The connection can go on behind a body that was taken, and most are as short; longer ones are not waited for.
    package static let toleratedBodyByteCount = 64 << 10
    /// Ranges in an `Accept-Encoding` field that are looked at; the rest is ignored.
    package static let acceptedCodingCount = 32

    /// Bytes of a request body as sent and, separately, after inflating (`--http-max-input-size`).
    package var bodyByteCount = 64 << 20
    /// Requests of one connection that begin in one turn of the loop; then other connections have theirs.
    package var requestsPerTurn = 64
    /// Bytes of one connection that may wait unread behind the request in work; then reading pauses.
    package var pipelinedByteCount = 64 << 10
    /// Bytes of one connection that may wait to be sent; then no further request of it is begun.
    package var unsentByteCount = 1 << 20
    /// Bytes of answers of the whole server that may wait because clients do not take them
    /// (`--max-unread-answer-bytes`); beyond it connections are ended.
    package var unreadAnswerByteCount = 256 << 20
    /// Open connections of the whole server; then accepting pauses.
    package var connectionCount = 16_384

    /// Silence between two requests.
    ///
    /// Longer than the 60 s after which common load balancers let go of an idle connection, so that the side that
    /// reuses it is the side that closes it.
    package var idleNanoseconds: UInt64 = 75_000_000_000
    /// From the first byte of a head to its last.
    package var headNanoseconds: UInt64 = 10_000_000_000
    /// Time in which a body must arrive whatever its length; beyond it `bodyBytesPerSecond` counts.
    package var bodyGraceNanoseconds: UInt64 = 10_000_000_000
    /// The average rate below which a body is given up after the grace time.
    package var bodyBytesPerSecond = 16 << 10
    /// Time without a single byte taken by a client that has an answer waiting.
    package var writeNanoseconds: UInt64 = 30_000_000_000
    /// Time for which a closed connection is still read after a fault, so that the answer is not lost to a reset.
    package var lingerNanoseconds: UInt64 = 2_000_000_000

    /// What only connections of HTTP/2 have.
    package var http2: HTTP2Limits

    /// The defaults.
    package init(_ http2: HTTP2Limits = HTTP2Limits()) { self.http2 = http2 }

    /// The longest time that a body of a length may take.
    ///
    /// - Units: bytes in, nanoseconds out.
    package func bodyNanoseconds(byteCount: Int) -> UInt64 {
        precondition(byteCount >= 0, "the length of a body is not negative")
        let seconds = UInt64(byteCount / Swift.max(bodyBytesPerSecond, 1))
        return bodyGraceNanoseconds &+ seconds &* 1_000_000_000
    }

    /// Asserts how the limits must stand to each other; called once at start.
    package func checkRelations() {
        precondition(Self.headerByteCount > Self.fieldCount * 4, "the shortest fields reach the count, not the bytes")
        precondition(Self.trailerByteCount > Self.trailerCount * 4, "likewise for trailers")
        precondition(bodyByteCount > 0, "a server without bodies answers no inference")
        precondition(bodyByteCount <= 1 << 40, "sums of lengths cannot overflow")
        precondition(
            requestsPerTurn > 0 && pipelinedByteCount >= Self.requestLineByteCount,
            "a request behind the one in work can at least begin")
        precondition(unreadAnswerByteCount > 0, "an answer may wait")
        precondition(connectionCount > 0, "a server without connections answers nothing")
        precondition(bodyBytesPerSecond > 0, "the least rate of a body divides its length")
        precondition(headNanoseconds <= idleNanoseconds, "an idle connection may begin a request and still finish it")
        precondition(lingerNanoseconds <= writeNanoseconds, "a lost cause gets less time than a slow reader")
        http2.checkRelations()
    }
}
