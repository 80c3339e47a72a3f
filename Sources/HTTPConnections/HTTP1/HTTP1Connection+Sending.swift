import EventLoops
import LinuxSystem

/// What leaves: one send for everything that a turn has written, and the rest when the socket takes bytes again.
extension HTTP1Connection {
    /// Sends what the turn has written and ends the connection if that was its last answer.
    func endTurn() {
        requestsThisTurn = 0
        sendOutput()
        shared.releaseLargeBuffers()
        guard state.phase != .closed, unsent.isEmpty else { return }
        endIfDone()
        guard state.phase != .closed else { return }
        // What had to wait for others of this loop goes on with the next tick.
        let isHeldBack = state.phase == .idle && !unread.isEmpty
        if isHeldBack || (mayReceive && socket.mayHoldInput(on: shared.loop)) {
            socket.callAgain(on: shared.loop)
        } else {
            endIfNothingFollows()
        }
    }

    /// Hands the loop's output to the socket.
    func sendOutput() {
        var nothing = ByteBuffer()
        sendOutput(followedBy: &nothing)
    }

    /// Hands the loop's output, and a body that stands elsewhere, to the socket.
    ///
    /// - Parameter body: taken away, if there is more of it than the socket takes, or gets in one turn.
    func sendOutput(followedBy body: inout ByteBuffer) {
        guard !shared.output.isEmpty || !body.isEmpty else { return }
        defer {
            shared.output.removeAll()
            countUnsent()
        }
        guard state.phase != .closed else { return }
        guard unsent.isEmpty else {
            shared.output.withBytes { unsent.append($0) }
            return unsent.append(body.bytes)
        }
        let ownByteCount = min(shared.output.count, Self.sentByteCountPerTurn)
        let bodyByteCount = min(body.count, Self.sentByteCountPerTurn - ownByteCount)
        let outcome = shared.output.withBytes { own in
            socket.send(own.extracting(..<ownByteCount), body.bytes.extracting(..<bodyByteCount), on: shared.loop)
        }
        switch outcome {
        case .sentAll where ownByteCount + bodyByteCount == shared.output.count + body.count: break
        case .sentAll:
            keepUnsent(from: ownByteCount + bodyByteCount, &body)
            sendNextTurn()
        case .sentPart(let byteCount):
            keepUnsent(from: byteCount, &body)
            stalled()
        case .failed: close(.lost)
        }
    }

    private func keepUnsent(from sentByteCount: Int, _ body: inout ByteBuffer) {
        let outputByteCount = shared.output.count
        guard sentByteCount < outputByteCount else {
            body.removeFirst(sentByteCount - outputByteCount)
            return swap(&body, &unsent)
        }
        shared.output.withBytes { unsent.append($0.extracting(sentByteCount..<outputByteCount)) }
        unsent.append(body.bytes)
    }

    private func sendNextTurn() {
        sendsNextTurn = true
        socket.callAgain(on: shared.loop)
    }

    /// Sends what waits, as much as one turn may, and returns false if the connection was lost.
    func sendUnsent() -> Bool {
        sendsNextTurn = false
        defer { countUnsent() }
        let byteCount = min(unsent.count, Self.sentByteCountPerTurn)
        let outcome = unsent.withBytes { socket.send($0.extracting(..<byteCount), on: shared.loop) }
        switch outcome {
        case .sentAll:
            unsent.removeFirst(byteCount)
            guard unsent.isEmpty else {
                state.sending.progressed(byteCount: byteCount, shared.limits)
                sendNextTurn()
                return true
            }
        case .sentPart(let byteCount):
            unsent.removeFirst(byteCount)
            stalled()
            state.sending.progressed(byteCount: byteCount, shared.limits)
            return true
        case .failed:
            close(.lost)
            return false
        }
        state.sending.caughtUp()
        if unsent.capacity > HTTPLoop.largeBodyByteCount { unsent.releaseCapacity() }
        endIfDone()
        return state.phase != .closed
    }

    /// Lets the loop know how many bytes wait.
    private func countUnsent() {
        guard unsent.count != countedByteCount else { return }
        shared.backlog.change(by: unsent.count - countedByteCount)
        countedByteCount = unsent.count
    }

    private func stalled() {
        state.sending.stalled(at: shared.loop.now, shared.limits)
        hasten(to: shared.limits.writeNanoseconds)
    }

    /// Ends the connection if everything has been said.
    private func endIfDone() {
        switch ending {
        case .none:
            break
        case .close:
            let isQuiet = unread.isEmpty && !socket.mayHoldInput(on: shared.loop)
            if isQuiet || state.phase == .lingering { close() } else { linger() }
        case .linger:
            linger()
        }
    }

    /// Ends a connection whose peer sends nothing more, and lets one that the server waits for go soon.
    private func endIfNothingFollows() {
        switch state.phase {
        case .idle, .head, .body:
            if state.peerHasFinished { return close(.client) }
            guard shared.isDraining, state.phase == .idle else { return }
            if state.drainBegan(at: shared.loop.now) { return close(.drain) }
            rearmTimer(at: shared.loop.now + HTTP1ConnectionState.drainGrace)
        case .working, .lingering, .closed:
            break
        }
    }

    private func linger() {
        guard state.phase != .lingering, state.phase != .closed else { return }
        unread.releaseCapacity()
        socket.finishSending(on: shared.loop)
        state.lingerBegan(at: shared.loop.now, shared.limits)
        hasten(to: shared.limits.lingerNanoseconds)
        receiveSome()
    }

    /// Ends the connection at once.
    ///
    /// - Parameter reason: nil if it is known already.
    func close(_ reason: ConnectionEnd? = nil) {
        guard state.phase != .closed else { return }
        // One that lingers has ended before.
        if let reason, state.phase != .lingering { end = reason }
        let isInWork = state.phase == .working
        state.closed()
        if let timer { shared.loop.cancel(timer) }
        timer = nil
        socket.close(on: shared.loop)
        unsent.releaseCapacity()
        countUnsent()
        if isInWork { shared.handler.exchangeLost(self) }
        shared.closed(self, end)
    }
}
