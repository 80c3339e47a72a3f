import AccessControl
import DynamicBatching
import HTTPConnections
import LinuxSystem
import OpenInferenceProtocol

/// Compressed messages: what is short is inflated by the loop, anything else by a thread of the pool.
extension InferenceHandler {
    /// What waits for a message to be inflated.
    struct WaitingMessage {
        let exchange: HTTPExchange
        /// What is asked for; only inference has messages of other forms than `.call`.
        let method: GRPCMethod
        let form: AnswerForm
        let acceptedCoding: ContentCoding
        /// What the caller has shown; nil where none is needed.
        let key: APIKeyTable.Entry?
    }

    /// Inflates a message, to be lent by the recoder.
    ///
    /// - Returns: false for one that is no work for the loop.
    func inflateOnLoop(_ message: Span<UInt8>) throws(CallStatus) -> Bool {
        let limit = options.httpMaxInputSize
        guard message.count < HTTPLoop.largeBodyByteCount else { return false }
        do throws(CallStatus) {
            try recoder.inflateMessage(message, limit: min(limit, HTTPLoop.largeBodyByteCount))
            return true
        } catch {
            if error.code == .resourceExhausted, limit > HTTPLoop.largeBodyByteCount { return false }
            throw error
        }
    }

    /// Gives a message to the pool, where it is inflated, or refuses it if too many wait there.
    func inflateInPool(
        _ message: Range<Int>, in body: consuming ByteBuffer, for waiting: WaitingMessage,
        _ reply: inout ByteBuffer
    ) -> HTTPHandling {
        let task = MessageInflation(
            message, in: body, limit: options.httpMaxInputSize, arrival: clock.now(), completion: inflated)
        guard pool.submit(task) == .accepted else {
            state.overload.requestRefused()
            return .answered(ErrorAnswer.writeOverload(.tooManyLargeRequests, waiting.form, to: &reply))
        }
        inflations[ObjectIdentifier(task)] = waiting
        return .deferred
    }

    /// Goes on with a message that the pool has inflated.
    func messageInflated(_ task: MessageInflation) {
        guard let waiting = inflations.removeValue(forKey: ObjectIdentifier(task)) else { return }
        let exchange = waiting.exchange
        guard exchange.isOpen else { return exchange.abandon() }
        var reply = ByteBuffer()
        let handling: HTTPHandling
        do throws(CallStatus) {
            handling = answer(try task.takePlain(), arrival: task.arrival, waiting, &reply)
        } catch {
            // A stream ends where a message of it cannot be read, as it does on the loop.
            if let message = exchange as? HTTP2MessageExchange, let stream = message.stream,
                let call = streams[ObjectIdentifier(stream)]
            {
                end(call, error)
                // It is in work nowhere any more.
                return exchange.abandon()
            }
            handling = .answered(CallAnswer.write(error, to: &reply))
        }
        if case .answered(let head) = handling { exchange.answer(head, body: &reply) }
    }

    private func answer(
        _ plain: consuming ByteBuffer, arrival: Nanoseconds, _ waiting: WaitingMessage, _ reply: inout ByteBuffer
    ) -> HTTPHandling {
        let exchange = waiting.exchange
        guard let stream = exchange as? HTTP2Stream ?? (exchange as? HTTP2MessageExchange)?.stream else {
            preconditionFailure("only HTTP/2 carries calls")
        }
        let message = 0..<plain.count
        guard waiting.method == .modelInfer || waiting.method == .modelStreamInfer else {
            let bytes = plain
            return stream.withHead { head, fields in
                answer(waiting.method, message, in: bytes.bytes, waiting.key, head, fields, &reply, exchange)
            }
        }
        defer { request.forgetRegions() }
        let inferenceOrder: InferenceOrder
        do throws(CallRefusal) {
            inferenceOrder = try routing(
                try order(
                    message, in: plain.bytes, waiting.form, waiting.acceptedCoding, of: waiting.key, arrival: arrival)
            ) { (slot) throws(ProtocolError) in try beginRouting(slot: slot, on: stream) }
        } catch {
            guard waiting.form.kind == .call else {
                return .answered(refusal(error, waiting.form, in: plain.bytes, to: &reply))
            }
            let end = stream.withHead { head, fields in status(of: error, waiting.key, head, fields, exchange) }
            return .answered(CallAnswer.write(end, to: &reply))
        }
        let byteCount = plain.count
        stream.withHead { head, fields in
            beginTrace(inferenceOrder, head, fields, bodyByteCount: byteCount, exchange)
        }
        let handling = submit(inferenceOrder, plain, &reply, exchange)
        return traces.isEmpty ? handling : traced(handling, bodyByteCount: reply.count, exchange)
    }
}

extension ContentRecoder {
    /// Inflates a message of a call, to be lent or given away.
    ///
    /// - Parameter limit: bytes after inflating.
    func inflateMessage(_ message: Span<UInt8>, limit: Int) throws(CallStatus) {
        do throws(ContentFault) {
            try inflate(message, limit: limit)
        } catch {
            guard error == .inflatedTooLong else { throw CallStatus(.internalFault, error.message.description) }
            throw CallStatus(.resourceExhausted, "Received message larger than max (\(limit))")
        }
    }
}
