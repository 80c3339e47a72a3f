import EventLoops
import LinuxSystem

extension HTTP1Connection {
    /// Gives a whole request to the handler and takes its answer, or waits for it.
    func dispatch(_ headBytes: Span<UInt8>, body: Span<UInt8>) {
        requestsThisTurn += 1
        state.requestCompleted(keepsAlive: shared.head.keepsAlive)
        shared.reply.removeAll()
        let handling = shared.handler.requestArrived(
            shared.head, headBytes, body: body, reply: &shared.reply, on: self)
        finish(handling)
    }

    /// The body of a request that came in parts is complete: its head is read once more, as the loop has read others.
    func completePartialRequest() {
        var headBytes = ByteBuffer()
        swap(&headBytes, &partialHead)
        var body = ByteBuffer()
        swap(&body, &partialBody)
        var again = HTTP1RequestParser(bodyByteCountLimit: shared.limits.bodyByteCount)
        guard case .headCompleted = again.bytesReceived(headBytes.bytes, into: &shared.head) else {
            preconditionFailure("a head that was read once is read again")
        }
        if body.count < HTTPLoop.largeBodyByteCount {
            dispatch(headBytes.bytes, body: body.bytes)
            shared.takeBackBody(&body)
        } else {
            dispatchLarge(headBytes.bytes, body: body)
        }
        headBytes.removeAll()
        swap(&headBytes, &partialHead)
    }

    private func dispatchLarge(_ headBytes: Span<UInt8>, body: consuming ByteBuffer) {
        requestsThisTurn += 1
        state.requestCompleted(keepsAlive: shared.head.keepsAlive)
        shared.reply.removeAll()
        let handling = shared.handler.largeRequestArrived(
            shared.head, headBytes, body: body, reply: &shared.reply, on: self)
        finish(handling)
    }

    private func finish(_ handling: HTTPHandling) {
        partialSince = .never
        switch handling {
        case .answered(let head): finishRequest(head)
        case .deferred: break
        }
    }

    /// Asks the handler whether a request is answered without its body, and ends the connection if so.
    func answersHeadAlone(_ headBytes: Span<UInt8>) -> Bool {
        shared.reply.removeAll()
        guard let answer = shared.handler.headArrived(shared.head, headBytes, reply: &shared.reply, on: self) else {
            return false
        }
        endWithAnswer()
        finishRequest(answer)
        return true
    }

    /// What is still under way of the request in work is read and dropped behind its answer.
    private func endWithAnswer() {
        state.requestRefused()
        persistence = .close
        ending = .linger
        end = .refused
    }

    /// Answers bytes that are no request, or come too slowly, and ends the connection.
    func refuse(_ message: StaticString, _ status: HTTPStatus) {
        endWithAnswer()
        answersHead = false
        shared.reply.removeAll()
        shared.handler.requestRefused(message, status: status, reply: &shared.reply, on: self)
        finishRequest(HTTPResponseHead(status, .json, .close))
    }

    /// Hands the answer whose body stands in the loop's `reply` over for sending.
    func finishRequest(_ head: HTTPResponseHead) {
        var body = ByteBuffer()
        swap(&body, &shared.reply)
        finishRequest(head, body: &body)
        swap(&body, &shared.reply)
    }

    /// Hands an answer over for sending.
    ///
    /// - Parameter body: may be taken away.
    func finishRequest(_ head: HTTPResponseHead, body: inout ByteBuffer) {
        var head = head
        let bodyByteCount = body.count
        if shared.isDraining, isLastRequest { state.lastAnswerBegan() }
        head.persistence = state.endsAfterAnswer ? .close : persistence
        head.originFields = originFields
        originFields = nil
        head.append(to: &shared.output, bodyByteCount: bodyByteCount)
        if !answersHead { appendBody(&body) }
        // A long body is sent at once, and the client may be gone.
        guard state.phase != .closed else { return }
        shared.handler.requestAnswered(head.status, call: nil, bodyByteCount: bodyByteCount, on: self)
        parser = HTTP1RequestParser(bodyByteCountLimit: shared.limits.bodyByteCount)
        switch state.answered(at: shared.loop.now, shared.limits) {
        case .readNext: break
        case .close: if ending == .none { ending = .close }
        }
    }

    /// Whether nothing has arrived behind the request that is being answered.
    private var isLastRequest: Bool {
        unread.isEmpty && laterByteCount == 0 && !socket.mayHoldInput(on: shared.loop)
    }

    /// A short body is copied behind its head; a long one goes out from where it stands.
    private func appendBody(_ body: inout ByteBuffer) {
        guard body.count > Self.copiedBodyByteCount, unsent.isEmpty else { return shared.output.append(body.bytes) }
        sendOutput(followedBy: &body)
    }
}
