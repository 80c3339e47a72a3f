import EventLoops
import HTTPConnections
import KnowledgeRetrieval
import LinuxSystem
import OpenInferenceProtocol

/// Takes calls about knowledge to its thread.
extension InferenceHandler {
    /// `GET` and `POST /v2/knowledge`, `GET` and `DELETE /v2/knowledge/ID`.
    func knowledge(
        _ name: Range<Int>?, _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, _ path: Span<UInt8>,
        _ body: Span<UInt8>, _ reply: inout ByteBuffer, _ exchange: HTTPExchange
    ) -> HTTPHandling {
        let id = name.map { ResourceAnswers.decoded(path, $0) }
        do throws(CallRefusal) {
            switch (head.method, id) {
            case (.post, _):
                try change(.put(areLines: areLines(head, bytes)), id ?? "", head, bytes, body, exchange)
            case (.delete, .some(let id)): try change(.remove(id: id), id, head, bytes, body, exchange)
            default: try read(id, QueryParameters(bytes.extracting(head.queryRange)), exchange)
            }
            return .deferred
        } catch {
            return .answered(resources.refusal(error, to: &reply))
        }
    }

    /// `GET /v2/knowledge/search`.
    func searchKnowledge(
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, _ reply: inout ByteBuffer, _ exchange: HTTPExchange
    ) -> HTTPHandling {
        do throws(CallRefusal) {
            do throws(ProtocolError) {
                let query = try KnowledgeQuery.search(QueryParameters(bytes.extracting(head.queryRange)))
                try send(KnowledgeCall(.search(query), caller: nil, completion: finishedKnowledgeCalls), exchange)
            } catch {
                throw .fault(error)
            }
            return .deferred
        } catch {
            return .answered(resources.refusal(error, to: &reply))
        }
    }

    private func read(_ id: String?, _ parameters: QueryParameters, _ exchange: HTTPExchange) throws(CallRefusal) {
        do throws(ProtocolError) {
            let subject: KnowledgeCall.Subject
            if let id {
                subject = .show(id: id)
            } else {
                let page = try KnowledgeQuery.page(parameters)
                subject = .list(after: page.after, limit: page.limit)
            }
            try send(KnowledgeCall(subject, caller: nil, completion: finishedKnowledgeCalls), exchange)
        } catch {
            throw .fault(error)
        }
    }

    /// Gives a call that changes something to the knowledge thread, if its sender may make it.
    private func change(
        _ subject: KnowledgeCall.Subject, _ id: String, _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>,
        _ body: Span<UInt8>, _ exchange: HTTPExchange
    ) throws(CallRefusal) {
        let sender = CallSender(head, bytes, exchange, self)
        let grounds = try permit("knowledge", .init("id", id), sender)
        do throws(ProtocolError) {
            if let refusal = Self.knowledgeRefusal(bodyByteCount: body.count) { throw refusal }
            var copy = ByteBuffer(capacity: body.count)
            copy.append(body)
            let caller = MonitoringCall.Caller(client: sender.client, grounds: grounds)
            try send(KnowledgeCall(subject, caller: caller, body: copy, completion: finishedKnowledgeCalls), exchange)
        } catch {
            state.log.audit(sender.client, grounds, "knowledge", .init("id", id), result: error.message)
            throw .fault(error)
        }
    }

    private static let contentType = HTTPFieldName("Content-Type")

    /// Whether a body is lines of JSON.
    private func areLines(_ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>) -> Bool {
        guard let range = head.value(of: Self.contentType, in: bytes) else { return false }
        let type = bytes.text(range).lowercased()
        return ["application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines"].contains {
            type.hasPrefix($0)
        }
    }

    /// Why no more calls are taken while so many wait; nil if one more is.
    static func knowledgeRefusal(waitingCount: Int) -> ProtocolError? {
        waitingCount < KnowledgeCallLimits.waitingCalls
            ? nil : ProtocolError(.unavailable, "too many calls wait for the knowledge thread")
    }

    /// Why a body is not taken; nil if it is.
    static func knowledgeRefusal(bodyByteCount: Int) -> ProtocolError? {
        let limit = KnowledgeCallLimits.bodyByteCount
        guard bodyByteCount > limit else { return nil }
        return ProtocolError(
            .invalidArgument, "the documents have \(bodyByteCount) bytes: at most \(limit) are taken at once")
    }

    private func send(_ call: KnowledgeCall, _ exchange: HTTPExchange) throws(ProtocolError) {
        if let refusal = Self.knowledgeRefusal(waitingCount: knowledgeCalls.count) { throw refusal }
        knowledgeCalls[ObjectIdentifier(call)] = exchange
        knowledgeOrders.send(.call(call))
    }

    /// Sends what the knowledge thread has answered.
    func knowledgeCallFinished(_ call: KnowledgeCall) {
        let exchange = knowledgeCalls.removeValue(forKey: ObjectIdentifier(call))
        call.withAnswer { head, body in exchange?.answer(head, body: &body) }
    }
}
