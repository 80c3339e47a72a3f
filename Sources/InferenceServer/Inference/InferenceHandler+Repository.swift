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
        _ reply: inout ByteBuffer, _ connection: HTTP1Connection
    ) -> HTTPHandling {
        let model = ResourceAnswers.decoded(path, name)
        let client = connection.peer.description
        switch access.verdict(on: AdminAccess.Facts(head, bytes, peer: connection.peer)) {
        case .refused(let reason):
            state.log.clientFault(
                "audit: a call was refused", .init("client", client), .init("call", "\(verb)"), .init("model", model),
                .init("reason", reason))
            resources.writeError(reason, to: &reply)
            return .answered(HTTP1ResponseHead(.forbidden))
        case .permitted(let grounds):
            let refusal = Self.refusal(
                isQualified: isQualified, mode: options.modelControlMode, waitingCount: repositoryCalls.count)
            if let refusal {
                state.log.audit(client, grounds, "\(verb)", model: model, result: refusal.message)
                return .answered(resources.refusal(refusal, to: &reply))
            }
            var copy = ByteBuffer(capacity: body.count)
            copy.append(body)
            let call = RepositoryCall(
                verb, model: model, client: client, grounds: grounds, body: copy, completion: finishedCalls)
            repositoryCalls[ObjectIdentifier(call)] = connection
            repository.send(.call(call))
            return .deferred
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
        let connection = repositoryCalls.removeValue(forKey: ObjectIdentifier(call))
        call.withAnswer { head, body in connection?.answer(head, body: &body) }
    }
}

extension EventLog {
    /// Records a call that changes the server, or was to: who, what, with what result.
    func audit(
        _ client: String, _ grounds: AdminAccess.Grounds, _ call: String, model: String, result: String
    ) {
        audit(
            "audit", .init("client", client), .init("by", grounds.rawValue), .init("call", call),
            .init("model", model), .init("result", result))
    }
}
