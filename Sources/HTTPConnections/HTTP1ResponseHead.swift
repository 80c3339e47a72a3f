package import LinuxSystem

/// The head of an answer and the ways to write it.
///
/// - Complexity: writing is a few copies of literals; it allocates only if the buffer must grow.
/// - Source: RFC 9112 section 4. There is no `Date`: RFC 9110 section 6.6.1 asks for it only of servers whose answers
///   may be cached.
package struct HTTP1ResponseHead: Sendable {
    /// The media type of the answer's body.
    package enum ContentType: UInt8, CaseIterable, Sendable {
        case none
        case json
        case octetStream
        case plainText
        /// The text format that Prometheus reads.
        case prometheusText
    }

    /// What the answer says about the connection.
    package enum Persistence: UInt8, CaseIterable, Sendable {
        /// HTTP/1.1 stays open by default.
        case implied
        /// Said to a client of HTTP/1.0 that asked for it.
        case keepAlive
        case close
    }

    package var status: HTTPStatus
    package var contentType: ContentType
    package var persistence: Persistence
    /// How the body is compressed.
    package var contentCoding = ContentCoding.identity
    /// Bytes of the JSON part of the uncompressed body; -1 leaves `Inference-Header-Content-Length` out.
    package var inferenceHeaderByteCount = -1
    /// What `Allow` lists; empty leaves it out.
    package var allowedMethods: HTTPMethodSet = []
    /// Seconds of `Retry-After`; negative leaves it out.
    package var retryAfterSeconds = -1
    /// Says which codings of a request's body are understood, for the 501 answer to one that is not.
    package var listsAcceptedCodings = false

    package init(_ status: HTTPStatus, _ contentType: ContentType = .json, _ persistence: Persistence = .implied) {
        self.status = status
        self.contentType = contentType
        self.persistence = persistence
    }

    /// Where a length is to be filled in later.
    package struct LengthSlot: ~Copyable {
        /// Offset of the field's place from the first byte that the buffer held when it was written.
        let offset: Int
        /// Bytes that the buffer held when the head was complete.
        package let headEnd: Int
    }

    /// What is sent to a client that waits before it sends its body.
    package static let continueLine: StaticString = "HTTP/1.1 100 Continue\r\n\r\n"

    /// Appends the head of a body whose length is known.
    package func append(to output: inout ByteBuffer, bodyByteCount: Int) {
    }

    /// Appends the head with room for the length, which `fill(_:in:)` writes when the body stands behind it.
    ///
    /// The room is white space in front of the number, which every reader of a field strips.
    package func appendReservingLength(to output: inout ByteBuffer) -> LengthSlot {
        LengthSlot(offset: 0, headEnd: 0)
    }

    /// Writes the number of bytes that were appended since the head.
    ///
    /// - Precondition: nothing was removed from the front of the buffer since.
    package static func fill(_ slot: consuming LengthSlot, in output: inout ByteBuffer) {
    }
}
