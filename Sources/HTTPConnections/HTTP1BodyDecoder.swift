/// What to do with the first bytes of the span given.
package enum HTTP1BodyAction: Equatable, Sendable {
    /// Drop `consumedByteCount` bytes and call again when more have arrived.
    case needsMoreBytes(consumedByteCount: Int)
    /// Take the bytes of `range` as body, drop `consumedByteCount` bytes (which include them), call again at once.
    case bodyBytes(range: Range<Int>, consumedByteCount: Int)
    /// The body is complete; `consumedByteCount` bytes still belong to it, the next request follows.
    case completed(consumedByteCount: Int)
    /// Answer with the fault's status and message, then close.
    case faulted(HTTPFault)
}

/// Takes the framing off a request's body.
///
/// - Isolation: one per connection.
/// - Source: RFC 9112 sections 6 and 7.1.
package struct HTTP1BodyDecoder {
    private let bodyByteCountLimit: Int

    /// - Parameter bodyByteCountLimit: body bytes of a chunked body that are accepted. A length known from the head is
    ///   checked by the parser.
    package init(bodyByteCountLimit: Int) {
        self.bodyByteCountLimit = bodyByteCountLimit
    }

    /// Starts a new body.
    package mutating func headCompleted(_ head: borrowing HTTPRequestHead) {
    }

    /// Looks at bytes of the body that were not yet consumed.
    package mutating func bytesReceived(_ bytes: Span<UInt8>) -> HTTP1BodyAction {
        .needsMoreBytes(consumedByteCount: 0)
    }
}
