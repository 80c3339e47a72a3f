import EventLoops
import HTTPConnections
import LinuxSystem
import OpenInferenceProtocol

/// Calls whose messages come one by one: inference, reflection, and watching the server's health.
///
/// Requests of one stream join batches like any others, so that many of them are in work at once; their answers are
/// sent in the order of the requests.
extension InferenceHandler {
    func bodyDelivery(_ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>) -> HTTPBodyDelivery {
        guard let method = GRPCMethod(path: bytes.extracting(head.pathRange)) else { return .whole }
        return method.takesStream || method == .healthWatch ? .asItComes : .whole
    }

    func streamBegan(_ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, on stream: HTTP2Stream) {
        accessLog.arrived(head, bytes, bodyByteCount: 0, on: stream)
        guard let method = GRPCMethod(path: bytes.extracting(head.pathRange)) else {
            preconditionFailure("only calls of known methods are taken as they come")
        }
        var beginning = CallAnswer.beginning
        let purpose: InferenceStream.Purpose
        switch method {
        case .modelStreamInfer:
            var form = AnswerForm(kind: .streamed)
            form.endsStreamOnFailure = CallFields.endsStreamOnFailure(head, bytes)
            beginning.contentCoding = acceptedCoding(head, bytes)
            purpose = .inference(form)
        case .healthWatch: purpose = .health
        default: purpose = .reflection
        }
        let answers = HTTP2AnswerQueue(stream, beginning) { [unowned self] in answersAdvanced($0) }
        let call = InferenceStream(
            purpose, answers, messageByteCountLimit: options.httpMaxInputSize,
            compression: CallFields.compression(head, bytes), acceptedCoding: beginning.contentCoding)
        streams[ObjectIdentifier(stream)] = call
        do throws(CallStatus) {
            call.key = try admit(method, head, bytes, stream)
        } catch {
            return end(call, error)
        }
        if let timeout = CallFields.timeout(head, bytes) {
            call.deadline = clock.now() + timeout
            stream.expire(at: call.deadline)
        }
    }

    func streamBytesArrived(_ bytes: Span<UInt8>, isLast: Bool, on stream: HTTP2Stream) -> Int {
        guard let call = streams[ObjectIdentifier(stream)], !call.answers.isOver else { return bytes.count }
        // What is not taken here stays in the window that the client may fill, and is offered again.
        call.isHeld = call.endsWhenIdle || call.answers.count >= GRPCLimits.messagesInWork
        if call.isHeld { return 0 }
        call.messages.feed(bytes)
        do throws(CallStatus) {
            while !call.isHeld, case .message(let range, let isCompressed) = try call.messages.next() {
                try answer(range, isCompressed: isCompressed, of: call)
                call.messages.messageTaken()
                call.isHeld = call.answers.count >= GRPCLimits.messagesInWork
            }
            if isLast, !call.isHeld {
                if call.messages.isInsideMessage { throw .cutMessage }
                if call.purpose != .health { call.answers.requestsEnded() }
            }
        } catch {
            end(call, error)
        }
        return bytes.count
    }

    /// Takes more messages of a stream that had as many in work as it may.
    private func answersAdvanced(_ answers: HTTP2AnswerQueue) {
        // The stream may be another call's by now.
        guard let call = streams[ObjectIdentifier(answers.stream)], call.answers === answers else { return }
        if answers.isOver {
            forget(call)
        } else if call.endsWhenIdle {
            if answers.count == 0 { end(call, .serverExiting) }
        } else if call.isHeld {
            answers.stream.resumeBody()
        }
    }

    /// Ends a stream, whatever of it is in work.
    func end(_ call: InferenceStream, _ status: CallStatus) {
        var message = ByteBuffer()
        status.appendMessage(to: &message)
        call.answers.end(status.code.rawValue, message: message.bytes)
        forget(call)
    }

    /// Nobody waits any more for the answers of a stream.
    func streamLost(_ stream: HTTP2Stream) {
        guard let call = streams[ObjectIdentifier(stream)] else { return }
        call.answers.streamLost()
        forget(call)
    }

    private func forget(_ call: InferenceStream) {
        streams[ObjectIdentifier(call.answers.stream)] = nil
        for exchange in call.answers.waiting { exchangeLost(exchange) }
    }

    /// Ends the streams that nothing of is in work, because the server ends; the others end when they are idle.
    func endStreams() {
        for call in streams.values {
            if call.purpose == .health { tell(.notServing, call) }
            call.endsWhenIdle = true
            if call.answers.count == 0 { end(call, .serverExiting) }
        }
    }

    // MARK: Messages

    private func answer(_ range: Range<Int>, isCompressed: Bool, of call: InferenceStream) throws(CallStatus) {
        if try call.compression.inflates(isCompressed: isCompressed) {
            let isInflated = try call.messages.bytes.withBytes { (bytes) throws(CallStatus) in
                try inflateOnLoop(bytes.extracting(range))
            }
            guard isInflated else { return try inflateInPool(range, of: call) }
            try recoder.withInflated { (plain) throws(CallStatus) in
                try answer(plain.indices, in: plain, of: call)
            }
        } else {
            try call.messages.bytes.withBytes { (bytes) throws(CallStatus) in
                // Others may stand behind it, which are not to be copied if it goes to the pool.
                let message = bytes.extracting(range)
                try answer(message.indices, in: message, of: call)
            }
        }
    }

    /// Gives a message of inference to the pool; other messages are not that long.
    private func inflateInPool(_ range: Range<Int>, of call: InferenceStream) throws(CallStatus) {
        guard case .inference(let form) = call.purpose else {
            throw CallStatus(
                .resourceExhausted, "Received message larger than max (\(HTTPLoop.largeBodyByteCount))")
        }
        let message = call.messages.bytes.withBytes { copy(of: $0.extracting(range)) }
        let exchange = call.answers.expectAnswer(at: clock.now())
        let waiting = WaitingMessage(
            exchange: exchange, method: .modelStreamInfer, form: form, acceptedCoding: call.acceptedCoding,
            key: call.key)
        var reply = ByteBuffer()
        let handling = inflateInPool(0..<message.count, in: message, for: waiting, &reply)
        if case .answered(let head) = handling { exchange.answer(head, body: &reply) }
    }

    private func answer(
        _ range: Range<Int>, in bytes: Span<UInt8>, of call: InferenceStream
    ) throws(CallStatus) {
        switch call.purpose {
        case .inference(let form):
            let exchange = call.answers.expectAnswer(at: clock.now())
            var reply = ByteBuffer()
            let handling = infer(range, in: bytes, form, of: call, &reply, exchange)
            if case .answered(let head) = handling { exchange.answer(head, body: &reply) }
        case .reflection:
            // A place that is expected and never answered would hold the call for ever.
            var reply = ByteBuffer()
            do throws(ProtocolError) {
                try ReflectionAnswer.append(to: range, in: bytes, &reply)
            } catch {
                throw CallStatus(error)
            }
            call.answers.expectAnswer(at: clock.now()).answer(CallAnswer.ok, body: &reply)
        case .health:
            guard call.toldHealth == nil else {
                throw CallStatus(.internalFault, "the call has more than one request message")
            }
            do throws(ProtocolError) {
                call.watchesKnownService = try HealthCall(range, in: bytes).isKnown
            } catch {
                throw CallStatus(error)
            }
            watchHealth(call)
        }
    }

    // MARK: Health

    /// Tells a watching caller what has changed, and looks again after a while.
    func watchHealth(_ call: InferenceStream) {
        let health = call.watchesKnownService ? resources.health : .unknownService
        if call.toldHealth != health { tell(health, call) }
        call.answers.stream.expire(at: min(call.deadline, clock.now() + GRPCLimits.healthInterval))
    }

    private func tell(_ health: ProtocolMessage.Health, _ call: InferenceStream) {
        call.toldHealth = health
        let exchange = call.answers.expectAnswer(at: clock.now())
        exchange.answer { reply in
            ProtocolMessage.append(health, to: &reply)
            return CallAnswer.ok
        }
    }

    func timeExpired(_ stream: HTTP2Stream) {
        guard let call = streams[ObjectIdentifier(stream)] else { return deadlineExpired(stream) }
        if clock.now() >= call.deadline {
            end(call, .deadlineExceeded)
        } else if call.purpose == .health, call.toldHealth != nil {
            watchHealth(call)
        }
    }
}
