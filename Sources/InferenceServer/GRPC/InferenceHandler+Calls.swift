import AccessControl
import HTTPConnections
import LinuxSystem
import ModelRepository
import OpenInferenceProtocol
import RequestTracing

/// Calls of gRPC with one message: inference joins batches like requests in JSON; everything else is answered by what
/// answers HTTP, in another form.
extension InferenceHandler {
    /// Answers a call whose only message has come whole.
    func callArrived(
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, _ body: Span<UInt8>, _ reply: inout ByteBuffer,
        _ exchange: HTTPExchange
    ) -> HTTPHandling {
        do throws(CallStatus) {
            // Of a call that is not known nothing more is said, as in gRPC's own servers.
            guard let method = GRPCMethod(path: bytes.extracting(head.pathRange)) else {
                throw CallStatus(.unimplemented)
            }
            let key = try admit(method, head, bytes, exchange)
            let (message, isCompressed) = try GRPCMessagePrefix.only(in: body, limit: options.httpMaxInputSize)
            guard try CallFields.compression(head, bytes).inflates(isCompressed: isCompressed) else {
                return answer(method, message, in: body, key, head, bytes, &reply, exchange)
            }
            if try inflateOnLoop(body.extracting(message)) {
                return recoder.withInflated { plain in
                    answer(method, plain.indices, in: plain, key, head, bytes, &reply, exchange)
                }
            }
            return inflateInPool(method, message, in: copy(of: body), key, head, bytes, &reply, exchange)
        } catch {
            return .answered(CallAnswer.write(error, to: &reply))
        }
    }

    /// The same for a call with a large message, which goes on to the pool with its buffer if nothing is in the way.
    func largeCallArrived(
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, _ body: consuming ByteBuffer,
        _ reply: inout ByteBuffer, _ exchange: HTTPExchange
    ) -> HTTPHandling {
        guard let method = GRPCMethod(path: bytes.extracting(head.pathRange)),
            let (message, isCompressed) = try? GRPCMessagePrefix.only(in: body.bytes, limit: options.httpMaxInputSize),
            let inflates = try? CallFields.compression(head, bytes).inflates(isCompressed: isCompressed),
            inflates || method == .modelInfer
        else { return callArrived(head, bytes, body.bytes, &reply, exchange) }
        let key: APIKeyTable.Entry?
        do throws(CallStatus) {
            key = try admit(method, head, bytes, exchange)
        } catch {
            return .answered(CallAnswer.write(error, to: &reply))
        }
        if inflates { return inflateInPool(method, message, in: body, key, head, bytes, &reply, exchange) }
        let inferenceOrder: InferenceOrder
        do throws(CallRefusal) {
            inferenceOrder = try routing(
                try order(
                    message, in: body.bytes, AnswerForm(kind: .call), acceptedCoding(head, bytes), of: key,
                    arrival: clock.now())
            ) { (slot) throws(ProtocolError) in try beginRouting(slot: slot, head, bytes, exchange) }
        } catch {
            return .answered(CallAnswer.write(status(of: error, key, head, bytes, exchange), to: &reply))
        }
        beginTrace(inferenceOrder, head, bytes, bodyByteCount: body.count, exchange)
        let handling = limited(submit(inferenceOrder, body, &reply, exchange), head, bytes, exchange)
        return traces.isEmpty ? handling : traced(handling, bodyByteCount: reply.count, exchange)
    }

    private func inflateInPool(
        _ method: GRPCMethod, _ message: Range<Int>, in body: consuming ByteBuffer, _ key: APIKeyTable.Entry?,
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, _ reply: inout ByteBuffer, _ exchange: HTTPExchange
    ) -> HTTPHandling {
        let waiting = WaitingMessage(
            exchange: exchange, method: method, form: AnswerForm(kind: .call),
            acceptedCoding: acceptedCoding(head, bytes), key: key)
        return limited(inflateInPool(message, in: body, for: waiting, &reply), head, bytes, exchange)
    }

    /// Answers a call by its plain message.
    ///
    /// - Parameter key: what the caller has shown; nil where none is needed.
    func answer(
        _ method: GRPCMethod, _ message: Range<Int>, in body: Span<UInt8>, _ key: APIKeyTable.Entry?,
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, _ reply: inout ByteBuffer, _ exchange: HTTPExchange
    ) -> HTTPHandling {
        if method == .modelInfer {
            let handling = infer(message, in: body, key, head, bytes, &reply, exchange)
            return traces.isEmpty ? handling : traced(handling, bodyByteCount: reply.count, exchange)
        }
        do throws(CallRefusal) {
            return try answerResource(method, message, in: body, head, bytes, &reply, exchange)
        } catch {
            return .answered(CallAnswer.write(error.status, to: &reply))
        }
    }

    // MARK: Inference

    private func infer(
        _ message: Range<Int>, in body: Span<UInt8>, _ key: APIKeyTable.Entry?, _ head: borrowing HTTPRequestHead,
        _ bytes: Span<UInt8>, _ reply: inout ByteBuffer, _ exchange: HTTPExchange
    ) -> HTTPHandling {
        defer { request.forgetRegions() }
        do throws(CallRefusal) {
            let order = try routing(
                try order(
                    message, in: body, AnswerForm(kind: .call), acceptedCoding(head, bytes), of: key,
                    arrival: clock.now())
            ) { (slot) throws(ProtocolError) in try beginRouting(slot: slot, head, bytes, exchange) }
            beginTrace(order, head, bytes, bodyByteCount: body.count, exchange)
            return limited(try begin(order, body, &reply, exchange), head, bytes, exchange)
        } catch {
            return .answered(CallAnswer.write(status(of: error, key, head, bytes, exchange), to: &reply))
        }
    }

    /// Answers one of many messages of a call.
    func infer(
        _ message: Range<Int>, in body: Span<UInt8>, _ form: AnswerForm, of call: InferenceStream,
        _ reply: inout ByteBuffer, _ exchange: HTTPExchange
    ) -> HTTPHandling {
        defer { request.forgetRegions() }
        let handling: HTTPHandling
        do throws(CallRefusal) {
            let order = try routing(
                try order(message, in: body, form, call.acceptedCoding, of: call.key, arrival: clock.now())
            ) { (slot) throws(ProtocolError) in try beginRouting(slot: slot, on: call.answers.stream) }
            call.answers.stream.withHead { head, bytes in
                beginTrace(order, head, bytes, bodyByteCount: body.count, exchange)
            }
            handling = try begin(order, body, &reply, exchange)
        } catch {
            handling = .answered(refusal(error, form, in: body, to: &reply))
        }
        return traces.isEmpty ? handling : traced(handling, bodyByteCount: reply.count, exchange)
    }

    /// Takes a request whose message is open.
    private func begin(
        _ order: InferenceOrder, _ body: Span<UInt8>, _ reply: inout ByteBuffer, _ exchange: HTTPExchange
    ) throws(CallRefusal) -> HTTPHandling {
        do throws(ProtocolError) {
            return try take(order, body, &reply, exchange)
        } catch {
            throw .fault(error)
        }
    }

    /// Writes a refusal of the request that was opened last, with its identity as far as it was read.
    func refusal(
        _ error: CallRefusal, _ form: AnswerForm, in body: Span<UInt8>, to reply: inout ByteBuffer
    ) -> HTTPResponseHead {
        var id = ByteBuffer()
        request.appendID(from: body, to: &id)
        return ErrorAnswer.write(error, form, id: id.bytes, to: &reply)
    }

    /// What a message asks for, if its caller's key opens that; it stays open for being read on.
    func order(
        _ message: Range<Int>, in body: Span<UInt8>, _ form: AnswerForm, _ acceptedCoding: ContentCoding,
        of key: APIKeyTable.Entry?, arrival: Nanoseconds
    ) throws(CallRefusal) -> InferenceOrder {
        do throws(ProtocolError) {
            try request.open(message, in: body)
        } catch {
            throw .fault(error)
        }
        let name = body.extracting(request.modelName)
        if let refusal = gate?.message(of: name, for: key, at: arrival) { throw .access(refusal) }
        do throws(ProtocolError) {
            let slot = try resources.slot(named: name, try ModelCall.version(request.modelVersion, in: body))
            return InferenceOrder(
                slot: slot, headerLength: nil, contentCoding: .identity, acceptedCoding: acceptedCoding,
                arrival: arrival, message: message, form: form)
        } catch {
            throw .fault(error)
        }
    }

    // MARK: Time

    /// Notes how long the caller of a call waits that is not answered yet.
    private func limited(
        _ handling: HTTPHandling, _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, _ exchange: HTTPExchange
    ) -> HTTPHandling {
        guard case .deferred = handling, let timeout = CallFields.timeout(head, bytes) else { return handling }
        (exchange as? HTTP2Stream)?.expire(at: clock.now() + timeout)
        return handling
    }

    /// Ends a call whose caller does not wait any longer.
    ///
    /// Its request leaves its queue at once, and the pool as soon as a part of it is computed. What is in a batch
    /// already is answered.
    func deadlineExpired(_ stream: HTTP2Stream) {
        if let inference = queued.inference(for: stream) {
            expired.insert(ObjectIdentifier(stream))
            return queues.cancelled(inference)
        }
        let isInPool = cancelLargeRequest(of: stream)
        guard isInPool || inflations.values.contains(where: { $0.exchange === stream }) else { return }
        let trace = takeTrace(of: stream)
        stream.answer { reply in
            var head = CallAnswer.write(.deadlineExceeded, to: &reply)
            if let trace { note(trace, &head, bodyByteCount: reply.count) }
            return head
        }
        if let trace { tracer.finish(trace, at: clock.now()) }
    }

    // MARK: Compression

    /// How messages to a caller may be compressed.
    func acceptedCoding(_ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>) -> ContentCoding {
        guard options.grpcCompressionLevel != .none else { return .identity }
        return options.grpcCompressionLevel.coding(for: CallFields.acceptedCompression(head, bytes))
    }
}

extension CallStatus {
    static var deadlineExceeded: CallStatus { CallStatus(.deadlineExceeded, "Deadline Exceeded") }
    static var serverExiting: CallStatus { CallStatus(.unavailable, "Server exiting") }
}
