import EventLoops
import LinuxSystem

/// Answers on their way to the library: heads at once, bodies when it asks for a frame.
extension HTTP2Connection {
    /// What a frame of an answer's body gets.
    enum BodyFrame {
        /// The handler has nothing more to say for now.
        case nothing
        case bytes(Int)
        case lastBytes(Int, hasTrailers: Bool)
    }

    /// Hands an answer over whose body stands in the stream's `reply`.
    func finish(_ stream: HTTP2Stream, _ head: HTTPResponseHead) {
        // The server's end may have come in between, and the client may have gone.
        guard stream.connection === self, stream.isOpen else { return }
        var head = head
        head.originFields = stream.originFields
        stream.status = head.grpcStatus
        stream.replyIsWhole = true
        let bodyByteCount = stream.unsentByteCount
        let isTold = stream.head.method != .head
        let hasBody = isTold && bodyByteCount > 0
        http2.block.write(head, bodyByteCount: head.contentType == .grpc ? nil : bodyByteCount)
        if !hasBody, let status = stream.status {
            stream.reply.withBytes { reply in
                http2.block.append(status, message: reply.extracting(bodyByteCount..<reply.count))
            }
        }
        session.answer(stream, http2.block, hasBody: hasBody)
        stream.state.answerEnded()
        if hasBody {
            countWaiting(stream)
        } else if stream.state.request != .whole {
            abruptStreams.append(stream)
        }
        shared.handler.requestAnswered(
            head.status, call: stream.status?.code, bodyByteCount: bodyByteCount, on: stream)
        mark()
    }

    /// Hands the head of an answer over whose body follows in parts.
    func begin(_ stream: HTTP2Stream, _ head: HTTPResponseHead) {
        var head = head
        head.originFields = stream.originFields
        http2.block.write(head, bodyByteCount: nil)
        session.answer(stream, http2.block, hasBody: true)
        stream.state.answerBegan()
        mark()
    }

    /// More of an answer that was begun is there, or its end.
    func goOn(_ stream: HTTP2Stream, isLast: Bool = false) {
        if isLast {
            stream.replyIsWhole = true
            stream.state.answerEnded()
            let byteCount = stream.sentByteCount + stream.unsentByteCount
            shared.handler.requestAnswered(.ok, call: stream.status?.code, bodyByteCount: byteCount, on: stream)
        }
        countWaiting(stream)
        session.resume(stream)
        mark()
    }

    /// Counts what waits to be sent, and gives it time.
    private func countWaiting(_ stream: HTTP2Stream) {
        waitingChanged(by: stream.unsentByteCount - stream.countedByteCount)
        stream.countedByteCount = stream.unsentByteCount
        stream.state.sending.stalled(at: shared.loop.now, shared.limits)
        look(at: shared.loop.now + Nanoseconds(Int64(shared.limits.writeNanoseconds)))
    }

    // MARK: What the library asks for

    /// How many bytes the next frame of a body gets.
    ///
    /// - Parameter limit: what the client gives leave for, and the length of a frame.
    func nextFrame(of stream: HTTP2Stream, limit: Int) -> BodyFrame {
        let byteCount = min(stream.unsentByteCount, limit)
        guard stream.replyIsWhole, byteCount == stream.unsentByteCount else {
            return byteCount > 0 ? .bytes(byteCount) : .nothing
        }
        if let status = stream.status {
            stream.reply.withBytes { reply in
                http2.block.writeTrailers(status, message: reply.extracting(stream.unsentByteCount..<reply.count))
            }
            session.trail(stream, http2.block)
        }
        if stream.state.request != .whole { abruptStreams.append(stream) }
        return .lastBytes(byteCount, hasTrailers: stream.status != nil)
    }

    /// Writes a frame of a body: its header and the bytes that `nextFrame` has counted.
    ///
    /// - Returns: false when the connection has had its share of the turn.
    func writeFrame(_ header: Span<UInt8>, byteCount: Int, of stream: HTTP2Stream) -> Bool {
        shared.output.append(header)
        stream.reply.withBytes { shared.output.append($0.extracting(0..<byteCount)) }
        stream.reply.removeFirst(byteCount)
        stream.sentByteCount += byteCount
        waitingChanged(by: -byteCount)
        stream.countedByteCount -= byteCount
        meter.bytesMoved(byteCount)
        if stream.unsentByteCount == 0 {
            stream.state.sending.caughtUp()
        } else {
            stream.state.sending.progressed(byteCount: byteCount, shared.limits)
        }
        return shared.output.count < HTTP1Connection.sentByteCountPerTurn
    }
}
