package import LinuxSystem

/// How HTTP/1.1 writes the head of an answer.
///
/// - Complexity: a few copies of literals; it allocates only if the buffer must grow.
/// - Source: RFC 9112 section 4.
extension HTTPResponseHead {
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
            guard let fields else { return output.append(Self.plainHead) }
            let head = fields.plainHead
            return output.append(head.span)
        }
        output.append(status.line)
        if let name = contentType.name {
            output.append("Content-Type: ")
            output.append(name)
            output.append("\r\n")
        }
        fields?.appendLines(to: &output)
        if hasRareFields { appendRareFields(to: &output) }
        output.append(Self.lengthName)
    }

    /// What nearly all answers begin with, in one piece and in two.
    private static var plainHead: StaticString {
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
    }
    static var plainStart: StaticString { "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" }
    static var lengthName: StaticString { "Content-Length: " }

    /// Whether there are other fields than prepared ones.
    private var hasRareFields: Bool {
        persistence != .implied || contentCoding != .identity || inferenceHeaderByteCount >= 0
            || !allowedMethods.isEmpty || retryAfterSeconds >= 0 || listsAcceptedCodings
            || traceParent != nil || cookie != nil || originFields != nil || explanations != nil
    }

    private func appendRareFields(to output: inout ByteBuffer) {
        switch persistence {
        case .implied: break
        case .keepAlive: output.append("Connection: keep-alive\r\n")
        case .close: output.append("Connection: close\r\n")
        }
        if contentCoding != .identity {
            output.append("Content-Encoding: ")
            output.append(contentCoding.name)
            output.append("\r\n")
        }
        if inferenceHeaderByteCount >= 0 {
            output.append("Inference-Header-Content-Length: ")
            output.appendDecimal(inferenceHeaderByteCount)
            output.append("\r\n")
        }
        if !allowedMethods.isEmpty {
            output.append("Allow: ")
            appendAllowedMethods(to: &output)
            output.append("\r\n")
        }
        if retryAfterSeconds >= 0 {
            output.append("Retry-After: ")
            output.appendDecimal(retryAfterSeconds)
            output.append("\r\n")
        }
        if listsAcceptedCodings { output.append("Accept-Encoding: gzip, deflate\r\n") }
        if let cookie {
            output.append("Set-Cookie: ")
            cookie.append(to: &output)
            output.append("\r\n")
        }
        if let explanations {
            output.append("rowan-explanation-id: ")
            explanations.append(to: &output)
            output.append("\r\nrowan-explanation-count: ")
            output.appendDecimal(explanations.count)
            output.append("\r\n")
        }
        if let traceParent {
            output.append("traceparent: ")
            traceParent.append(to: &output)
            output.append("\r\n")
        }
        originFields?.appendLines(to: &output)
    }
}
