import AccessControl
import HTTPConnections
import LinuxSystem

/// Who may call: pages of other origins, restricted parts of the protocol, API keys, and changes of the server.
extension InferenceHandler {
    /// Answers a browser that asks whether a page may call, and notes what the answer to a page's call must say.
    ///
    /// - Returns: nil for what is no such question.
    func permission(
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, _ exchange: HTTPExchange
    ) -> HTTPResponseHead? {
        exchange.originFields = origins?.permission(head, bytes)
        if exchange.originFields != nil { return HTTPResponseHead(.ok, .none) }
        exchange.originFields = origins?.fields(head, bytes)
        return nil
    }

    /// Judges a request before its body is taken; one that is let in is not judged again when it is whole.
    func headArrived(
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, reply: inout ByteBuffer, on exchange: HTTPExchange
    ) -> HTTPResponseHead? {
        guard let gate else { return nil }
        if head.isGRPC { return callHeadArrived(head, bytes, &reply, exchange) }
        let path = bytes.extracting(head.pathRange)
        guard let endpoint = EndpointTable.endpoint(for: path),
            EndpointTable.methods(of: endpoint).contains(HTTPMethodSet(head.method))
        else { return nil }
        let judged = judge(endpoint, head, bytes, path)
        guard let refusal = judged.refusal else {
            let entry: AnyObject? = judged.entry
            exchange.admission = entry ?? gate
            return nil
        }
        accessLog.arrived(head, bytes, bodyByteCount: 0, on: exchange)
        exchange.originFields = origins?.fields(head, bytes)
        return answer(refusal, of: judged.entry, head, bytes, &reply, exchange)
    }

    /// Refuses a request whose sender may not make it.
    ///
    /// - Returns: nil for one that may go on.
    func refusal(
        _ endpoint: EndpointTable.Endpoint, _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>,
        _ path: Span<UInt8>, _ reply: inout ByteBuffer, _ exchange: HTTPExchange
    ) -> HTTPResponseHead? {
        guard gate != nil else { return nil }
        if let admission = exchange.admission {
            if let entry = admission as? APIKeyTable.Entry { accessLog.recognised(entry.key.id, on: exchange) }
            return nil
        }
        let judged = judge(endpoint, head, bytes, path)
        guard let refusal = judged.refusal else {
            if let entry = judged.entry { accessLog.recognised(entry.key.id, on: exchange) }
            return nil
        }
        return answer(refusal, of: judged.entry, head, bytes, &reply, exchange)
    }

    /// What the fields of a request say about its sender's right to make it.
    private func judge(
        _ endpoint: EndpointTable.Endpoint, _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>,
        _ path: Span<UInt8>
    ) -> (entry: APIKeyTable.Entry?, refusal: AccessRefusal?) {
        guard let gate else { return (nil, nil) }
        if let refusal = gate.restriction(of: endpoint.protectedAPI, head, bytes) { return (nil, refusal) }
        guard case .model(let resource, let name, _) = endpoint, resource == .infer || resource == .generate else {
            return (nil, nil)
        }
        return resources.withDecodedName(path, name) { gate.inference(of: $0, head, bytes, at: clock.now()) }
    }

    /// Refuses a request whose sender may not ask a model that its body names.
    ///
    /// - Returns: nil for one that may go on.
    func refusal(
        ofModel name: Span<UInt8>, _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>,
        _ reply: inout ByteBuffer, _ exchange: HTTPExchange
    ) -> HTTPResponseHead? {
        guard let gate else { return nil }
        let judged = gate.inference(of: name, head, bytes, at: clock.now())
        guard let refusal = judged.refusal else {
            if let entry = judged.entry { accessLog.recognised(entry.key.id, on: exchange) }
            return nil
        }
        var answer = answer(refusal, of: judged.entry, head, bytes, &reply, exchange)
        let shown = ErrorAnswer.writeEmbeddings(refusal.message, refusal.httpStatus, to: &reply)
        answer.contentType = shown.contentType
        return answer
    }

    private static let challenge = HTTPAnswerFields([("www-authenticate", "Bearer realm=\"rowan\"")])

    private func answer(
        _ refusal: AccessRefusal, of entry: APIKeyTable.Entry?, _ head: borrowing HTTPRequestHead,
        _ bytes: Span<UInt8>, _ reply: inout ByteBuffer, _ exchange: HTTPExchange
    ) -> HTTPResponseHead {
        if let entry { accessLog.recognised(entry.key.id, on: exchange) }
        note(refusal, key: entry?.key.id, head, bytes, exchange)
        resources.writeError(refusal.message, to: &reply)
        var answer = HTTPResponseHead(refusal.httpStatus)
        answer.retryAfterSeconds = refusal.retryAfterSeconds ?? -1
        if refusal.httpStatus == .unauthorized { answer.fields = Self.challenge }
        return answer
    }

    /// Leaves a line about a refusal.
    func note(
        _ refusal: AccessRefusal, key: APIKeyID?, _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>,
        _ exchange: HTTPExchange
    ) {
        // A key that is used too often is counted; a line for each time would help nobody.
        guard refusal.retryAfterSeconds == nil else { return }
        state.log.clientFault(
            "a request was refused for want of a right", .init("client", client(head, bytes, exchange)),
            .init("key", key?.description ?? "-"), .init("reason", refusal.message))
    }

    /// Whether the sender of a request may change what the server does.
    func adminVerdict(
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, _ exchange: HTTPExchange
    ) -> AdminAccess.Verdict {
        var facts = AdminAccess.Facts(head, bytes, peer: exchange.peer)
        if exchange.isRelayed { facts.isForwarded = true }
        if let gate { facts.key = gate.admin(head, bytes) }
        return access.verdict(on: facts)
    }

    /// Who has sent a request, for logs.
    func client(
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, _ exchange: HTTPExchange
    ) -> String {
        options.trustedProxies.clientName(of: exchange.peer, head, bytes)
    }
}
