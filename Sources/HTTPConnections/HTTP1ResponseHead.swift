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

    /// What is sent to a client that waits before it sends its body.
    package static let continueLine: StaticString = "HTTP/1.1 100 Continue\r\n\r\n"

    /// Appends the head of an answer.
    ///
    /// The answer to HEAD is this head without the body.
    package func append(to output: inout ByteBuffer, bodyByteCount: Int) {
        precondition(bodyByteCount >= 0, "the length of a body is not negative")
        appendFields(to: &output)
        output.appendDecimal(bodyByteCount)
        output.append("\r\n\r\n")
    }

    /// Appends everything up to the number of `Content-Length`, which comes last.
    private func appendFields(to output: inout ByteBuffer) {
        if status == .ok && contentType == .json && !hasRareFields {
            output.append("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ")
            return
        }
        output.append(status.line)
        if let line = contentType.line { output.append(line) }
        if hasRareFields { appendRareFields(to: &output) }
        output.append("Content-Length: ")
    }

    private var hasRareFields: Bool {
        persistence != .implied || contentCoding != .identity || inferenceHeaderByteCount >= 0
            || !allowedMethods.isEmpty || retryAfterSeconds >= 0 || listsAcceptedCodings
    }

    private func appendRareFields(to output: inout ByteBuffer) {
        switch persistence {
        case .implied: break
        case .keepAlive: output.append("Connection: keep-alive\r\n")
        case .close: output.append("Connection: close\r\n")
        }
        switch contentCoding {
        case .identity: break
        case .gzip: output.append("Content-Encoding: gzip\r\n")
        case .deflate: output.append("Content-Encoding: deflate\r\n")
        case .unsupported: preconditionFailure("an answer is never in an unknown coding")
        }
        if inferenceHeaderByteCount >= 0 {
            output.append("Inference-Header-Content-Length: ")
            output.appendDecimal(inferenceHeaderByteCount)
            output.append("\r\n")
        }
        if !allowedMethods.isEmpty { appendAllow(to: &output) }
        if retryAfterSeconds >= 0 {
            output.append("Retry-After: ")
            output.appendDecimal(retryAfterSeconds)
            output.append("\r\n")
        }
        if listsAcceptedCodings { output.append("Accept-Encoding: gzip, deflate\r\n") }
    }

    private func appendAllow(to output: inout ByteBuffer) {
        output.append("Allow: ")
        var isFirst = true
        for method in HTTPMethod.allCases where allowedMethods.contains(HTTPMethodSet(method)) {
            if !isFirst { output.append(", ") }
            isFirst = false
            output.append(method.token)
        }
        output.append("\r\n")
    }
}

extension HTTP1ResponseHead.ContentType {
    fileprivate var line: StaticString? {
        switch self {
        case .none: nil
        case .json: "Content-Type: application/json\r\n"
        case .octetStream: "Content-Type: application/octet-stream\r\n"
        case .plainText: "Content-Type: text/plain; charset=utf-8\r\n"
        case .prometheusText: "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
        }
    }
}
