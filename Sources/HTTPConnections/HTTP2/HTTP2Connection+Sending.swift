import EventLoops
import LinuxSystem

/// What leaves: one send at the end of a tick, the rest when the socket takes bytes again, and the end.
extension HTTP2Connection {
    /// Sends what has gathered since the connection was marked.
    func sendMarked() {
        isMarked = false
        guard state.phase != .closed, state.phase != .lingering else { return }
        if unsent.isEmpty { sendFrames() }
        endIfDone()
    }

    /// Lets the library write what it has, and hands it to the socket.
    private func sendFrames() {
        guard writeFrames() else { return close(.lost) }
        guard !shared.output.isEmpty else { return }
        defer {
            shared.output.removeAll()
            shared.releaseLargeBuffers()
        }
        let byteCount = shared.output.count
        switch shared.output.withBytes({ socket.send($0, on: shared.loop) }) {
        case .sentAll: if byteCount >= HTTP1Connection.sentByteCountPerTurn { goOnNextTurn() }
        case .sentPart(let sent):
            shared.output.withBytes { unsent.append($0.extracting(sent..<byteCount)) }
            countUnsent()
            state.sending.stalled(at: shared.loop.now, shared.limits)
            look(at: shared.loop.now + Nanoseconds(Int64(shared.limits.writeNanoseconds)))
        case .failed: close(.lost)
        }
    }

    /// Gathers frames in the loop's output, up to a turn's share; false if the library gives up.
    private func writeFrames() -> Bool {
        while true {
            var output = HTTP2Session.Output.written
            while output == .written, shared.output.count < HTTP1Connection.sentByteCountPerTurn {
                output = session.write(to: shared)
            }
            if output == .failed { return false }
            if abruptStreams.isEmpty || shared.output.count >= HTTP1Connection.sentByteCountPerTurn { return true }
            resetAbrupt()
        }
    }

    /// Tells clients to stop that still send bodies of requests whose answers have been written.
    ///
    /// - Source: RFC 9113 section 8.1: RST_STREAM with NO_ERROR behind the whole answer.
    private func resetAbrupt() {
        for stream in abruptStreams where stream.connection === self && stream.state.request != .whole {
            session.reset(stream, .noError)
        }
        abruptStreams.removeAll(keepingCapacity: true)
    }

    private func goOnNextTurn() {
        sendsNextTurn = true
        socket.callAgain(on: shared.loop)
    }

    /// Sends what waits, as much as one turn may, and returns false if the connection was lost or more waits.
    func sendUnsent() -> Bool {
        sendsNextTurn = false
        guard !unsent.isEmpty else { return true }
        defer { countUnsent() }
        let byteCount = min(unsent.count, HTTP1Connection.sentByteCountPerTurn)
        switch unsent.withBytes({ socket.send($0.extracting(..<byteCount), on: shared.loop) }) {
        case .sentAll:
            unsent.removeFirst(byteCount)
            guard unsent.isEmpty else {
                state.sending.progressed(byteCount: byteCount, shared.limits)
                goOnNextTurn()
                return false
            }
        case .sentPart(let sent):
            unsent.removeFirst(sent)
            state.sending.progressed(byteCount: sent, shared.limits)
            return false
        case .failed:
            close(.lost)
            return false
        }
        state.sending.caughtUp()
        unsent.releaseCapacity()
        return true
    }

    /// Lets the loop know how many bytes of frames wait.
    private func countUnsent() {
        shared.backlog.change(by: unsent.count - countedByteCount)
        countedByteCount = unsent.count
    }

    // MARK: The end

    /// Ends the connection if everything has been said.
    private func endIfDone() {
        guard state.phase != .closed, unsent.isEmpty, !sendsNextTurn else { return }
        guard session.isOver || state.isDone else { return }
        let isQuiet = end != .refused && !socket.mayHoldInput(on: shared.loop)
        if state.peerHasFinished || isQuiet { close() } else { linger() }
    }

    private func linger() {
        guard state.phase != .lingering else { return }
        loseStreams()
        socket.finishSending(on: shared.loop)
        state.lingerBegan(at: shared.loop.now, shared.limits)
        look(at: shared.loop.now + Nanoseconds(Int64(shared.limits.lingerNanoseconds)))
        receiveSome()
    }

    /// Ends the connection at once.
    ///
    /// - Parameter reason: nil if it is known already.
    func close(_ reason: ConnectionEnd? = nil) {
        guard state.phase != .closed else { return }
        if let reason, state.phase != .lingering { end = reason }
        state.closed()
        if let timer { shared.loop.cancel(timer) }
        timer = nil
        socket.close(on: shared.loop)
        unsent.releaseCapacity()
        countUnsent()
        endStreams()
        shared.closed(self, end)
    }

    /// Takes the streams from the library, which calls nobody about them any more.
    private func endStreams() {
        abruptStreams.removeAll()
        fieldsStream = nil
        while let stream = streams.popLast() {
            lose(stream)
            http2.giveBack(stream)
        }
    }

    /// Says why, if the socket takes anything, and ends the connection.
    func giveUpAnswers() {
        guard state.phase != .lingering, unsent.isEmpty else { return close(.unread) }
        end = .unread
        isBroken = true
        session.terminate(.enhanceYourCalm)
        state.endBegan()
        loseStreams()
        for stream in streams { stream.dropAnswer() }
        mark()
    }

    /// The server is ending.
    func drainBegan() {
        guard state.drainBegan(at: shared.loop.now) else { return }
        session.noticeEnd()
        end = .drain
        look(at: shared.loop.now + HTTP1ConnectionState.drainGrace)
        mark()
    }
}
