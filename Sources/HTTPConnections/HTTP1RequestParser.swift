/// What the bytes received so far amount to.
package enum HTTP1RequestAction: Equatable, Sendable {
    /// The head is not complete.
    case needsMoreBytes
    /// The head is complete and occupies that many bytes from the start of the span, the body follows.
    case headCompleted(byteCount: Int)
    /// Answer with the fault's status and message, then close.
    case faulted(HTTPFault)
}

/// Finds the head of the next request in the bytes received, and checks it.
///
/// - Isolation: one per connection; it remembers only how far it has looked.
package struct HTTP1RequestParser {
    private let bodyByteCountLimit: Int

    /// - Parameter bodyByteCountLimit: a longer `Content-Length` is a fault of the head.
    package init(bodyByteCountLimit: Int) {
        self.bodyByteCountLimit = bodyByteCountLimit
    }

    /// Looks at all bytes that have not been consumed, from the first byte of the request on.
    ///
    /// - Parameter head: overwritten; means something only when the action says that the head is complete.
    /// - Complexity: linear in the bytes over all calls, however they are cut.
    package mutating func bytesReceived(
        _ bytes: Span<UInt8>, into head: inout HTTPRequestHead
    ) -> HTTP1RequestAction {
        .needsMoreBytes
    }
}
