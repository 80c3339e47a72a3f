import EventLoops
import HTTPConnections
import LinuxSystem
import ModelRepository
import OpenInferenceProtocol
import RequestTracing

/// Settings of the log and of traces: everybody reads them, and those may change them who may change models.
extension InferenceHandler {
    /// `GET`, `POST /v2/logging`.
    func logSettings(
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, _ body: Span<UInt8>, _ reply: inout ByteBuffer,
        _ exchange: HTTPExchange
    ) -> HTTPResponseHead {
        guard head.method == .post else {
            state.log.settings.append(to: &reply)
            return HTTPResponseHead(.ok)
        }
        do throws(CallRefusal) {
            let sender = CallSender(head, bytes, exchange, self)
            let grounds = try permit("log settings", .init("model", ""), sender)
            try audited("log settings", model: "", sender, grounds, asked: body.text(body.indices)) {
                () throws(ProtocolError) in try applyLog(try SettingsRequest(body), to: &reply)
            }
            return HTTPResponseHead(.ok)
        } catch {
            return resources.refusal(error, to: &reply)
        }
    }

    /// Changes what a request names, and writes the settings that hold then.
    func applyLog(_ request: SettingsRequest, to reply: inout ByteBuffer) throws(ProtocolError) {
        let settings = try state.log.changeSettings { (settings) throws(ProtocolError) in
            try settings.apply(request)
        }
        settings.append(to: &reply)
    }

    /// `GET`, `POST /v2/trace/setting` and `/v2/models/M/trace/setting`.
    ///
    /// - Parameter model: where the model's name stands in the path; nil for the settings of all.
    func traceSettings(
        _ model: Range<Int>?, _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, _ path: Span<UInt8>,
        _ body: Span<UInt8>, _ reply: inout ByteBuffer, _ exchange: HTTPExchange
    ) -> HTTPResponseHead {
        let name = model.map { ResourceAnswers.decoded(path, $0) }
        if let model, (try? resources.slot(path, model, nil)) == nil {
            return resources.refusal(.unknownTracedModel(name ?? ""), to: &reply)
        }
        guard head.method == .post else {
            state.tracing.appendSettings(model: name, to: &reply)
            return HTTPResponseHead(.ok)
        }
        do throws(CallRefusal) {
            let sender = CallSender(head, bytes, exchange, self)
            let grounds = try permit("trace settings", .init("model", name ?? ""), sender)
            try audited("trace settings", model: name ?? "", sender, grounds, asked: body.text(body.indices)) {
                () throws(ProtocolError) in try applyTraces(try SettingsRequest(body), model: name, to: &reply)
            }
            return HTTPResponseHead(.ok)
        } catch {
            return resources.refusal(error, to: &reply)
        }
    }

    /// Changes what a request names, and writes the settings that hold then.
    func applyTraces(
        _ request: SettingsRequest, model: String?, to reply: inout ByteBuffer
    ) throws(ProtocolError) {
        try state.tracing.change(request, model: model)
        state.tracing.appendSettings(model: model, to: &reply)
    }

    /// Makes a change and leaves an audit line, whatever came of it.
    ///
    /// - Parameter model: the model that the change concerns; empty for all.
    /// - Parameter asked: what was asked for, as it came; the log cuts what is too long.
    func audited(
        _ call: String, model: String, _ sender: CallSender, _ grounds: AdminAccess.Grounds, asked: String,
        _ apply: () throws(ProtocolError) -> Void
    ) throws(CallRefusal) {
        do throws(ProtocolError) {
            try apply()
        } catch {
            state.log.audit(sender.client, grounds, call, .init("model", model), result: error.message)
            throw .fault(error)
        }
        state.log.audit(sender.client, grounds, call, .init("model", model), result: "done: \(asked)")
    }
}

extension ProtocolError {
    /// Triton's code and words, which differ from those for other resources of unknown models.
    static func unknownTracedModel(_ name: String) -> ProtocolError {
        ProtocolError(.invalidArgument, "Request for unknown model : \(name)")
    }
}
