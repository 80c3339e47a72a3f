import AccessControl
import HTTPConnections
import LinuxSystem
import OpenInferenceProtocol

/// Who may make calls of gRPC: the same rules as for requests of HTTP, with metadata for header fields.
///
/// The head of a call tells whose key it shows, and each of its messages what that key is to open.
extension InferenceHandler {
    /// Refuses a call before its message is taken; one that is let in is not judged again by its head.
    func callHeadArrived(
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, _ reply: inout ByteBuffer, _ exchange: HTTPExchange
    ) -> HTTPResponseHead? {
        guard let method = GRPCMethod(path: bytes.extracting(head.pathRange)) else { return nil }
        do throws(CallStatus) {
            let key: AnyObject? = try judge(method, head, bytes, exchange)
            exchange.admission = key ?? gate
            return nil
        } catch {
            accessLog.arrived(head, bytes, bodyByteCount: 0, on: exchange)
            return CallAnswer.write(error, to: &reply)
        }
    }

    /// Ends a call whose part of the protocol is restricted, or that needs a key and shows none.
    ///
    /// - Returns: the key that the caller shows; nil where none is needed.
    func admit(
        _ method: GRPCMethod, _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, _ exchange: HTTPExchange
    ) throws(CallStatus) -> APIKeyTable.Entry? {
        guard gate != nil else { return nil }
        let key: APIKeyTable.Entry?
        if let admission = exchange.admission {
            key = admission as? APIKeyTable.Entry
        } else {
            key = try judge(method, head, bytes, exchange)
        }
        if let key { accessLog.recognised(key.key.id, on: exchange) }
        return key
    }

    private func judge(
        _ method: GRPCMethod, _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, _ exchange: HTTPExchange
    ) throws(CallStatus) -> APIKeyTable.Entry? {
        guard let gate else { return nil }
        if let refusal = gate.grpcRestriction(of: method.protectedAPI, head, bytes) {
            throw refused(refusal, of: nil, head, bytes, exchange)
        }
        guard method.protectedAPI == .inference else { return nil }
        switch gate.callKey(head, bytes) {
        case .success(let key): return key
        case .failure(let refusal): throw refused(refusal, of: nil, head, bytes, exchange)
        }
    }

    /// How a call ends whose message is refused; one for want of a right leaves a line.
    func status(
        of refusal: CallRefusal, _ key: APIKeyTable.Entry?, _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>,
        _ exchange: HTTPExchange
    ) -> CallStatus {
        if case .access(let reason) = refusal { return refused(reason, of: key, head, bytes, exchange) }
        return refusal.status
    }

    private func refused(
        _ refusal: AccessRefusal, of key: APIKeyTable.Entry?, _ head: borrowing HTTPRequestHead,
        _ bytes: Span<UInt8>, _ exchange: HTTPExchange
    ) -> CallStatus {
        note(refusal, key: key?.key.id, head, bytes, exchange)
        return refusal.callStatus
    }
}
