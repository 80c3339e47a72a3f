import AccessControl
import HTTPConnections
import LinuxSystem
import ModelRepository
import OpenInferenceProtocol

/// Vectors of texts in OpenAI's form.
///
/// The loop finds the model; the rest is what any request for inference of a text encoder is: read, encoded and
/// answered by the compute pool.
extension InferenceHandler {
    func embeddings(
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, _ body: Span<UInt8>, _ reply: inout ByteBuffer,
        _ exchange: HTTPExchange
    ) -> HTTPHandling {
        if head.contentCoding != .identity {
            return .answered(
                ErrorAnswer.writeEmbeddings(
                    "the body of this endpoint is not compressed", .unsupportedMediaType, to: &reply))
        }
        guard body.count <= EmbeddingsLimits.bodyByteCount else {
            return .answered(
                ErrorAnswer.writeEmbeddings(
                    "the body has \(body.count) bytes, at most \(EmbeddingsLimits.bodyByteCount) are accepted",
                    .contentTooLarge, to: &reply))
        }
        let arrival = clock.now()
        let form = AnswerForm(kind: .embeddings)
        do throws(ProtocolError) {
            let name = try EmbeddingsRequest.modelName(in: body)
            if let refusal = refusal(ofModel: name.span, head, bytes, &reply, exchange) { return .answered(refusal) }
            let slot = try resources.slot(named: name.span, nil)
            let model = table.model(atSlot: slot)
            guard model.split == nil, model.signature.input.areTexts else {
                throw ProtocolError(.invalidArgument, "model '\(model.name)' makes no vectors of texts")
            }
            let order = InferenceOrder(
                slot: slot, contentCoding: .identity, acceptedCoding: head.acceptedCoding, arrival: arrival, form: form)
            beginTrace(order, head, bytes, bodyByteCount: body.count, exchange)
            let handling = submit(order, copy(of: body), &reply, exchange)
            return traces.isEmpty ? handling : traced(handling, bodyByteCount: reply.count, exchange)
        } catch {
            return .answered(ErrorAnswer.write(error, form, to: &reply))
        }
    }
}

extension ErrorAnswer {
    /// Writes a refusal as a client of OpenAI's form reads it.
    static func writeEmbeddings(_ message: String, _ status: HTTPStatus, to reply: inout ByteBuffer) -> HTTPResponseHead
    {
        reply.removeAll()
        EmbeddingsAnswer.appendError(message, status: Int(status.rawValue), to: &reply)
        return HTTPResponseHead(status)
    }
}
