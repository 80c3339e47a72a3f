import EventLoops
import HTTPConnections
import LinuxSystem
import ModelRepository
import OpenInferenceProtocol

/// Calls that load and unload models: who may make them, and their way to the thread of the repository.
extension InferenceHandler {
    /// Gives a call to the thread of the repository, if its sender may make it.
    func control(
        _ verb: EndpointTable.RepositoryVerb, _ name: Range<Int>, isQualified: Bool,
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, _ path: Span<UInt8>, _ body: Span<UInt8>,
        _ reply: inout ByteBuffer, _ exchange: HTTPExchange
    ) -> HTTPHandling {
        do throws(CallRefusal) {
            try control(
                verb, ResourceAnswers.decoded(path, name), isQualified: isQualified, body, .document,
                CallSender(head, bytes, exchange, self), exchange)
            return .deferred
        } catch {
            return .answered(resources.refusal(error, to: &reply))
        }
    }

    /// The same, whatever the form of the call.
    func control(
        _ verb: EndpointTable.RepositoryVerb, _ model: String, isQualified: Bool, _ body: Span<UInt8>,
        _ form: RepositoryCall.Form, _ sender: CallSender, _ exchange: HTTPExchange
    ) throws(CallRefusal) {
        let grounds = try permit("\(verb)", .init("model", model), sender)
        let refusal = Self.refusal(
            isQualified: isQualified, mode: options.modelControlMode, waitingCount: repositoryCalls.count)
        if let refusal {
            state.log.audit(sender.client, grounds, "\(verb)", .init("model", model), result: refusal.message)
            throw .fault(refusal)
        }
        var copy = ByteBuffer(capacity: body.count)
        copy.append(body)
        let call = RepositoryCall(
            verb, model: model, client: sender.client, grounds: grounds, form, body: copy, completion: finishedCalls)
        repositoryCalls[ObjectIdentifier(call)] = exchange
        repository.send(.call(call))
    }

    /// By what right a caller may make a call; a refusal leaves an audit line.
    func permit(
        _ call: String, _ object: EventField, _ sender: CallSender
    ) throws(CallRefusal) -> AdminAccess.Grounds {
        switch sender.verdict {
        case .permitted(let grounds): return grounds
        case .refused(let reason):
            state.log.auditRefusal(sender.client, call, object, reason: reason)
            throw .forbidden(reason)
        }
    }

    /// Why a call is not worked on whoever makes it.
    static func refusal(isQualified: Bool, mode: ModelLife.Control, waitingCount: Int) -> ProtocolError? {
        if isQualified {
            return ProtocolError(.unsupported, "models are loaded and unloaded without naming their repository")
        }
        guard mode == .explicit else {
            return ProtocolError(.unavailable, "explicit model load / unload is not allowed if polling is enabled")
        }
        guard waitingCount < RepositoryControlLimits.waitingCalls else {
            return ProtocolError(.unavailable, "too many models wait to be loaded or unloaded")
        }
        return nil
    }

    /// Sends the answer that the thread of the repository has written.
    func repositoryCallFinished(_ call: RepositoryCall) {
        let exchange = repositoryCalls.removeValue(forKey: ObjectIdentifier(call))
        call.withAnswer { head, body in exchange?.answer(head, body: &body) }
    }
}
