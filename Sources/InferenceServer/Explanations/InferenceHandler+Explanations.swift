import AnomalyExplanation
import EventLoops
import HTTPConnections
import LinuxSystem
import ModelRepository
import OpenInferenceProtocol

/// Handing anomalous rows to those who explain, and taking calls about explanations to them.
extension InferenceHandler {
    /// Gives each model of the table whose rows are explained its desk: the one it has, or a new one.
    func adoptExplanations(before: ServingTable) {
        let former = anomalyDesks
        anomalyDesks = table.slots.enumerated().map { slot, model in
            let isKept = slot < before.slots.count && before.slots[slot] === model
            guard let model, !isKept else { return slot < former.count ? former[slot] : nil }
            if slot < former.count { former[slot]?.leave() }
            guard let explained = state.explanations.adopt(model) else { return nil }
            return AnomalyDesk(of: explained, before: driftObservers[slot], worker: explaining, on: loop)
        }
        explains = anomalyDesks.contains { $0 != nil }
    }

    /// Who looks at the rows of each slot.
    var evaluationObservers: [(any EvaluationObserver)?] {
        zip(anomalyDesks, driftObservers).map { desk, drift -> (any EvaluationObserver)? in
            if let desk { return desk }
            return drift
        }
    }

    /// A model has ended.
    func forgetExplanations(atSlot slot: Int) {
        guard let desk = anomalyDesks[slot] else { return }
        desk.leave()
        anomalyDesks[slot] = nil
        state.explanations.forget(table.model(atSlot: slot))
    }

    /// Notes what a request that is being read says for explanations.
    func readContext(
        _ body: Span<UInt8>, atSlot slot: Int, into context: inout ByteBuffer
    ) throws(ProtocolError) {
        context.removeAll()
        guard explains, anomalyDesks[slot] != nil else { return }
        try request.appendExplanationContext(from: body, to: &context)
    }

    /// What the answer to a request says about its anomalous rows; nil for nothing.
    func references(_ inference: BatchedInference, _ rows: Range<Int>) -> ExplanationReferences? {
        guard explains, let desk = anomalyDesks[inference.slot], desk.hasAnomalies else { return nil }
        return inference.context.withBytes { desk.references(in: rows, context: $0, inference.routed) }
    }

    /// Hands over what the tick has found.
    func leaveAnomalies() {
        if explains { for desk in anomalyDesks { desk?.leave() } }
    }

    // MARK: Calls

    /// `GET /v2/explanations`, `/v2/explanations/ID` and `/v2/explanations/stream`.
    func explanations(
        _ resource: EndpointTable.ExplanationResource, _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>,
        _ path: Span<UInt8>, _ reply: inout ByteBuffer, _ exchange: HTTPExchange
    ) -> HTTPHandling {
        do throws(ProtocolError) {
            let parameters = QueryParameters(bytes.extracting(head.queryRange))
            let subject: ExplanationCall.Subject
            switch resource {
            case .list: subject = .list(try ExplanationQuery.filter(parameters))
            case .one(let name), .opinion(let name):
                subject = .show(
                    try Self.identity(path, name),
                    patience: try parameters["wait"].map { (text) throws(ProtocolError) in
                        try ExplanationQuery.patience(text)
                    } ?? .zero, form: wantsMarkdown(head, bytes) ? .markdown : .json)
            case .stream:
                let wait = try ExplanationQuery.patience(parameters["wait"] ?? "25s")
                subject = .events(after: try lastEvent(head, bytes, parameters), patience: wait)
            }
            try send(ExplanationCall(subject, caller: nil, completion: finishedExplanationCalls), exchange)
            return .deferred
        } catch {
            return .answered(resources.refusal(error, to: &reply))
        }
    }

    private static let accept = HTTPFieldName("accept")
    private static let lastEventID = HTTPFieldName("last-event-id")

    private static func identity(_ path: Span<UInt8>, _ name: Range<Int>) throws(ProtocolError) -> ExplanationIdentity {
        let text = ResourceAnswers.decoded(path, name)
        guard let identity = ExplanationIdentity(text) else {
            throw ProtocolError(.notFound, "there is no explanation '\(text.prefix(64))'")
        }
        return identity
    }

    private func wantsMarkdown(_ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>) -> Bool {
        guard let value = head.value(of: Self.accept, in: bytes) else { return false }
        return bytes.text(value).lowercased().contains("text/markdown")
    }

    /// The event behind which a client wants to go on; nil for what comes from now on.
    private func lastEvent(
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, _ parameters: QueryParameters
    ) throws(ProtocolError) -> UInt64? {
        let field = head.value(of: Self.lastEventID, in: bytes).map { bytes.text($0) }
        guard let text = field ?? parameters["last_event_id"] else { return nil }
        guard let number = UInt64(text) else {
            throw ProtocolError(.invalidArgument, "Last-Event-ID is the number of an event")
        }
        return number
    }

    /// `POST /v2/explanations/ID/feedback`.
    func explanationOpinion(
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, _ path: Span<UInt8>, _ name: Range<Int>,
        _ body: Span<UInt8>, _ reply: inout ByteBuffer, _ exchange: HTTPExchange
    ) -> HTTPHandling {
        do throws(CallRefusal) {
            let sender = CallSender(head, bytes, exchange, self)
            let object = EventField("explanation", ResourceAnswers.decoded(path, name))
            let grounds = try permit("explanation feedback", object, sender)
            do throws(ProtocolError) {
                let limit = AnomalyHandoverLimits.opinionByteCount
                guard body.count <= limit else {
                    throw ProtocolError(
                        .invalidArgument, "the opinion has \(body.count) bytes: at most \(limit) are taken")
                }
                let subject = ExplanationCall.Subject.opinion(try Self.identity(path, name))
                let caller = MonitoringCall.Caller(client: sender.client, grounds: grounds)
                try send(
                    ExplanationCall(
                        subject, caller: caller, body: copy(of: body), completion: finishedExplanationCalls), exchange)
            } catch {
                state.log.audit(sender.client, grounds, "explanation feedback", object, result: error.message)
                throw .fault(error)
            }
            return .deferred
        } catch {
            return .answered(resources.refusal(error, to: &reply))
        }
    }

    /// Why no more calls are taken while so many wait; nil if one more is.
    static func explanationRefusal(waitingCount: Int) -> ProtocolError? {
        waitingCount < AnomalyHandoverLimits.waitingCalls
            ? nil : ProtocolError(.unavailable, "too many calls wait for explanations")
    }

    private func send(_ call: ExplanationCall, _ exchange: HTTPExchange) throws(ProtocolError) {
        if let refusal = Self.explanationRefusal(waitingCount: explanationCalls.count) { throw refusal }
        explanationCalls[ObjectIdentifier(call)] = (call, exchange)
        explaining.send(.call(call))
    }

    /// Sends what the explaining thread has answered.
    func explanationCallFinished(_ call: ExplanationCall) {
        let exchange = explanationCalls.removeValue(forKey: ObjectIdentifier(call))?.exchange
        call.withAnswer { head, body in exchange?.answer(head, body: &body) }
    }

    /// Nobody waits any more for what was asked for in an exchange; the call comes back at once.
    func cancelExplanationCall(of exchange: HTTPExchange) {
        guard !explanationCalls.isEmpty,
            let entry = explanationCalls.values.first(where: { $0.exchange === exchange })
        else { return }
        explaining.send(.forget(entry.call))
    }
}
