import EventLoops
import LinuxSystem

/// From what has arrived on a stream to the handler.
extension HTTP2Connection {
    /// A request is complete.
    func requestEnded(_ stream: HTTP2Stream) {
        stream.state.requestEnded()
        if stream.state.isStreamed { return offerBody(stream) }
        guard stream.state.answer == .none else { return }
        dispatch(stream)
    }

    /// Gives a whole request to the handler and takes its answer, or waits for it.
    private func dispatch(_ stream: HTTP2Stream) {
        guard state.takesRequests || state.phase == .ending else { return }
        var headBytes = ByteBuffer()
        swap(&headBytes, &stream.headBytes)
        var body = ByteBuffer()
        swap(&body, &stream.body)
        var reply = ByteBuffer()
        swap(&reply, &stream.reply)
        reply.removeAll()
        let byteCount = body.count
        stream.state.handedOver()
        let handling: HTTPHandling
        if byteCount < HTTPLoop.largeBodyByteCount {
            handling = shared.handler.requestArrived(
                stream.head, headBytes.bytes, body: body.bytes, reply: &reply, on: stream)
            body.removeAll()
            swap(&body, &stream.body)
        } else {
            handling = shared.handler.largeRequestArrived(
                stream.head, headBytes.bytes, body: body, reply: &reply, on: stream)
        }
        swap(&headBytes, &stream.headBytes)
        swap(&reply, &stream.reply)
        if byteCount > 0 { arrivingShrank(by: byteCount) }
        if case .answered(let head) = handling { finish(stream, head) }
    }

    /// Asks the handler whether a request is answered without its body.
    func answersHeadAlone(_ stream: HTTP2Stream) -> Bool {
        var bytes = ByteBuffer()
        swap(&bytes, &stream.headBytes)
        var reply = ByteBuffer()
        swap(&reply, &stream.reply)
        reply.removeAll()
        let answer = shared.handler.headArrived(stream.head, bytes.bytes, reply: &reply, on: stream)
        swap(&bytes, &stream.headBytes)
        swap(&reply, &stream.reply)
        guard let answer else { return false }
        dropBody(of: stream)
        finish(stream, answer)
        return true
    }

    // MARK: Bodies that the handler takes as they come

    /// Asks how the body of a call is wanted.
    func delivery(of stream: HTTP2Stream) -> HTTPBodyDelivery {
        var bytes = ByteBuffer()
        swap(&bytes, &stream.headBytes)
        defer { swap(&bytes, &stream.headBytes) }
        return shared.handler.bodyDelivery(stream.head, bytes.bytes)
    }

    /// Gives the head of a call to the handler.
    func beginStreamed(_ stream: HTTP2Stream) {
        var bytes = ByteBuffer()
        swap(&bytes, &stream.headBytes)
        stream.state.handedOver()
        shared.handler.streamBegan(stream.head, bytes.bytes, on: stream)
        swap(&bytes, &stream.headBytes)
    }

    /// Offers the handler what has arrived of a body and was not used up, and the end.
    func offerBody(_ stream: HTTP2Stream) {
        guard !stream.isOffering, !stream.dropsBody, stream.isOpen else { return }
        stream.isOffering = true
        var bytes = ByteBuffer()
        swap(&bytes, &stream.body)
        let usedUp = shared.handler.streamBytesArrived(
            bytes.bytes, isLast: stream.state.request == .whole, on: stream)
        bytes.removeFirst(usedUp)
        swap(&bytes, &stream.body)
        stream.isOffering = false
        guard usedUp > 0 else { return }
        arrivingShrank(by: usedUp)
        if stream.state.request == .body { session.giveWindow(of: stream, byteCount: usedUp) }
        mark()
    }

    /// Lets go of what has arrived of a body, and of what will.
    func dropBody(of stream: HTTP2Stream) {
        stream.dropsBody = true
        let byteCount = stream.body.count
        stream.body.removeAll()
        if stream.body.capacity > HTTP2Stream.keptByteCount { shared.takeBackBody(&stream.body) }
        stream.heldByteCount = 0
        if byteCount > 0 { arrivingShrank(by: byteCount) }
    }

    // MARK: Requests that are not worked on

    /// Answers a request whose framing is faulty or that is beyond a limit; other streams go on.
    func refuse(_ stream: HTTP2Stream, _ fault: HTTPFault) { refuse(stream, fault.message, fault.status) }

    /// Answers a request that is refused before the handler has it.
    func refuse(_ stream: HTTP2Stream, _ message: StaticString, _ status: HTTPStatus) {
        // A handler that has begun an answer of its own is left to it.
        guard stream.state.answer == .none else { return reset(stream, .cancel) }
        dropBody(of: stream)
        var reply = ByteBuffer()
        swap(&reply, &stream.reply)
        reply.removeAll()
        shared.handler.requestRefused(message, status: status, reply: &reply, on: stream)
        var head = HTTPResponseHead(status, .json)
        if stream.head.isGRPC {
            // A call's status stands in fields, and its message is no JSON.
            reply.removeAll()
            reply.append(message)
            head = HTTPResponseHead(.ok, .grpc)
            head.grpcStatus = GRPCStatus(refusedWith: status, messageByteCount: reply.count)
        }
        swap(&reply, &stream.reply)
        finish(stream, head)
    }

    /// Ends a stream without an answer.
    func reset(_ stream: HTTP2Stream, _ code: HTTP2Session.ErrorCode) {
        session.reset(stream, code)
        lose(stream)
        mark()
    }

    /// Nobody waits any more for what a stream has asked for.
    func lose(_ stream: HTTP2Stream) {
        waitingChanged(by: -stream.countedByteCount)
        stream.countedByteCount = 0
        if stream.state.closed() { shared.handler.exchangeLost(stream) }
    }

    /// The connection is given up: nothing that was asked for on it can be answered.
    func loseStreams() {
        for stream in streams { lose(stream) }
    }

    /// A stream is over.
    ///
    /// - Parameter isFaulty: the library, or this server, has reset it for a fault.
    func streamClosed(_ stream: HTTP2Stream, isFaulty: Bool) {
        if fieldsStream === stream {
            fieldsStream = nil
            state.headEnded()
        }
        // Whoever takes back what is in work, or makes the server give it up, costs more than he pays.
        if stream.wasReset || isFaulty || stream.state.answer != .whole {
            meter.received(.reset, at: shared.loop.now)
        } else {
            meter.requestAnswered()
        }
        lose(stream)
        dropBody(of: stream)
        let place = stream.index
        precondition(streams[place] === stream, "a stream knows its place")
        streams.swapAt(place, streams.count - 1)
        streams[place].index = place
        streams.removeLast()
        state.streamClosed(at: shared.loop.now, shared.limits)
        http2.giveBack(stream)
    }
}
