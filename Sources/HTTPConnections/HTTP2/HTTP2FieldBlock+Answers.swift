import LinuxSystem

/// How HTTP/2 writes the head of an answer, and its trailers.
///
/// - Source: RFC 9113 section 8.3.2 for `:status`; names are in lower case. Of gRPC: the protocol description of gRPC
///   over HTTP/2, section "Responses".
extension HTTP2FieldBlock {
    /// The fields of a head.
    ///
    /// - Parameter bodyByteCount: nil leaves `content-length` out, because it is not known yet or calls of gRPC have
    ///   none.
    func write(_ head: HTTPResponseHead, bodyByteCount: Int?) {
        removeAll()
        append(":status", head.status.digits)
        if let name = head.contentType.name { append("content-type", name) }
        if let bodyByteCount { append("content-length") { $0.appendDecimal(bodyByteCount) } }
        if head.contentCoding != .identity {
            append(head.contentType == .grpc ? "grpc-encoding" : "content-encoding", head.contentCoding.name)
        }
        if head.inferenceHeaderByteCount >= 0 {
            append("inference-header-content-length") { $0.appendDecimal(head.inferenceHeaderByteCount) }
        }
        if !head.allowedMethods.isEmpty { append("allow") { head.appendAllowedMethods(to: &$0) } }
        if head.retryAfterSeconds >= 0 { append("retry-after") { $0.appendDecimal(head.retryAfterSeconds) } }
        if head.listsAcceptedCodings { append("accept-encoding", "gzip, deflate") }
        if let cookie = head.cookie { append("set-cookie") { cookie.append(to: &$0) } }
        if let parent = head.traceParent { append("traceparent") { parent.append(to: &$0) } }
        if let explanations = head.explanations {
            append("rowan-explanation-id") { explanations.append(to: &$0) }
            append("rowan-explanation-count") { $0.appendDecimal(explanations.count) }
        }
        if let fields = head.fields { append(fields) }
        if let fields = head.originFields { append(fields) }
    }

    /// Adds fields that were made before.
    private func append(_ more: HTTPAnswerFields) {
        for field in more.fields { append(field.name) { field.appendValue(to: &$0) } }
    }

    /// Adds what the trailers of a call of gRPC say.
    func append(_ status: GRPCStatus, message: Span<UInt8>) {
        if status.code == 0 {
            append("grpc-status", "0")
        } else {
            append("grpc-status") { $0.appendDecimal(Int(status.code)) }
        }
        if !message.isEmpty { append("grpc-message") { $0.append(message) } }
    }

    /// The trailers of a call of gRPC.
    func writeTrailers(_ status: GRPCStatus, message: Span<UInt8>) {
        removeAll()
        append(status, message: message)
    }

    /// What is said to a client that waits before it sends its body.
    func writeContinue() {
        removeAll()
        append(":status", "100")
    }
}
