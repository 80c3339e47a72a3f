import HTTPConnections
import LinuxSystem
import OpenInferenceProtocol

/// Writes the ends of calls as a client of gRPC reads them.
enum CallAnswer {
    /// The head of an answer that is a message.
    static var ok: HTTPResponseHead {
        var head = HTTPResponseHead(.ok, .grpc)
        head.grpcStatus = .ok
        return head
    }

    /// The head of an answer that begins now, and whose end is not known.
    static var beginning: HTTPResponseHead { HTTPResponseHead(.ok, .grpc) }

    /// Writes an end without an answer: nothing but what trailers say.
    static func write(_ status: CallStatus, to reply: inout ByteBuffer) -> HTTPResponseHead {
        reply.removeAll()
        status.appendMessage(to: &reply)
        var head = HTTPResponseHead(.ok, .grpc)
        head.grpcStatus = GRPCStatus(code: status.code.rawValue, messageByteCount: reply.count)
        return head
    }
}

/// Writes refusals in the form of their request.
extension ErrorAnswer {
    /// - Parameter id: the request's identity as a JSON string with its quotation marks, or nothing.
    static func write(
        _ error: ProtocolError, _ form: AnswerForm, id: Span<UInt8> = Span(), to reply: inout ByteBuffer
    ) -> HTTPResponseHead {
        switch form.kind {
        case .document: return write(error, to: &reply)
        case .embeddings:
            let status = HTTPStatus(rawValue: UInt16(error.code.httpStatus)) ?? .internalServerError
            return writeEmbeddings(error.message, status, to: &reply)
        case .streamed where !form.endsStreamOnFailure:
            MessageTemplate.appendFailure(error.message, id: id, to: &reply)
            return CallAnswer.ok
        case .call, .streamed: return CallAnswer.write(CallStatus(error), to: &reply)
        }
    }

    /// The same for a message of gRPC, also where its sender has no right to what it asks for.
    static func write(
        _ refusal: CallRefusal, _ form: AnswerForm, id: Span<UInt8>, to reply: inout ByteBuffer
    ) -> HTTPResponseHead {
        if case .fault(let error) = refusal { return write(error, form, id: id, to: &reply) }
        guard form.kind == .streamed, !form.endsStreamOnFailure else {
            return CallAnswer.write(refusal.status, to: &reply)
        }
        MessageTemplate.appendFailure(refusal.status.message, id: id, to: &reply)
        return CallAnswer.ok
    }

    /// The same for want of room or time; in HTTP it says when to come back.
    static func writeOverload(
        _ error: ProtocolError, _ form: AnswerForm, id: Span<UInt8> = Span(), to reply: inout ByteBuffer
    ) -> HTTPResponseHead {
        if form.kind == .document { return writeOverload(error, to: &reply) }
        var head = write(error, form, id: id, to: &reply)
        if form.kind == .embeddings { head.retryAfterSeconds = 1 }
        return head
    }
}
