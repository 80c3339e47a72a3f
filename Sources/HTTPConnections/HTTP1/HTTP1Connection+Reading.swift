import EventLoops
import LinuxSystem

extension HTTP1Connection {
    /// Works on what has arrived until there is nothing left or a request is deferred, then sends.
    func continueTurn() {
        if state.phase == .idle, !unread.isEmpty { takeUnread() }
        receiveSome()
        endTurn()
    }

    /// Receives until nothing more can be had, or until this connection has had its share and others have their turn.
    func receiveSome() {
        var byteCount = 0
        while byteCount < EventLoopsLimits.receiveByteCount, socket.mayHoldInput(on: shared.loop), mayReceive {
            guard let received = receive() else { return }
            byteCount += received
        }
    }

    /// Whether bytes may be taken from the socket now.
    var mayReceive: Bool {
        switch state.phase {
        case .idle, .head, .body: unsent.isEmpty && unread.count < shared.limits.pipelinedByteCount
        // Behind the request in work a little is read ahead, so that a lost peer is noticed.
        case .working: unread.count < shared.limits.pipelinedByteCount
        case .lingering: true
        case .closed: false
        }
    }

    /// Whether bytes that are there may be worked on: not behind a request in work, not when this connection has had
    /// its share of the turn, and not while its answers pile up.
    var mayBegin: Bool {
        state.isReading && ending == .none && requestsThisTurn < shared.limits.requestsPerTurn
            && shared.output.count < (shared.backlog.isFull ? 1 : shared.limits.unsentByteCount) && unsent.isEmpty
    }

    /// Receives once and returns the number of bytes; nil when nothing more can be had now.
    func receive() -> Int? {
        let outcome: ReceiveOutcome
        if state.phase == .body, missingBodyByteCount > 0 {
            let limit = min(missingBodyByteCount, EventLoopsLimits.receiveByteCount)
            makeRoomForBody(limit)
            outcome = socket.receive(into: &partialBody, limit: limit, on: shared.loop)
        } else {
            outcome = socket.receive(on: shared.loop)
        }
        switch outcome {
        case .received(let byteCount):
            bytesArrived(byteCount)
            return state.phase != .closed ? byteCount : nil
        case .wouldBlock:
            return nil
        case .ended:
            peerFinished()
            return nil
        case .failed:
            close(.lost)
            return nil
        }
    }

    func bytesArrived(_ byteCount: Int) {
        switch state.phase {
        case .lingering, .closed:
            return
        case .body where missingBodyByteCount > 0:
            missingBodyByteCount -= byteCount
            bodyGrew()
            if missingBodyByteCount == 0 { completePartialRequest() }
        case .idle, .head, .body, .working:
            if unread.isEmpty {
                shared.loop.withReceived { take($0) }
            } else {
                shared.loop.withReceived { unread.append($0) }
                takeUnread()
            }
        }
    }

    func peerFinished() {
        switch state.phase {
        case .idle, .head, .body: state.peerFinished()
        case .working:
            state.peerFinished()
            shared.handler.clientFinished(self)
        case .lingering, .closed: close()
        }
    }

    /// Works on bytes that are not in a buffer of the connection; what is left over is kept.
    func take(_ bytes: Span<UInt8>) {
        var consumed = 0
        while consumed < bytes.count, mayBegin {
            let step = takeOnce(bytes.extracting(consumed..<bytes.count))
            if step == 0 { break }
            consumed += step
        }
        if consumed < bytes.count, state.phase != .closed {
            unread.append(bytes.extracting(consumed..<bytes.count))
        }
        laterByteCount = 0
    }

    /// Works on the bytes kept from before.
    func takeUnread() {
        while !unread.isEmpty, mayBegin {
            // The buffer is moved out meanwhile: the handler may come back to this connection.
            var bytes = ByteBuffer()
            swap(&bytes, &unread)
            let consumed = takeOnce(bytes.bytes)
            bytes.removeFirst(consumed)
            swap(&bytes, &unread)
            laterByteCount = 0
            if consumed == 0 { return }
        }
    }

    /// Takes one step — a whole request, a head, or a part of a body — and returns the number of bytes used up.
    func takeOnce(_ bytes: Span<UInt8>) -> Int {
        state.phase == .body ? takeBody(bytes) : takeHead(bytes)
    }

    func takeHead(_ bytes: Span<UInt8>) -> Int {
        if isFirstRequest {
            switch HTTP2Preface(beginning: bytes) {
            case .whole: return becomeHTTP2(bytes)
            case .incomplete: return waitForHead()
            case .absent: break
            }
        }
        // Old clients send an empty line behind a body; alone it does not begin a request.
        if state.phase == .idle, bytes.count == 2, bytes.matches(0..<2, "\r\n") { return 2 }
        switch parser.bytesReceived(bytes, into: &shared.head) {
        case .needsMoreBytes:
            return waitForHead()
        case .faulted(let fault):
            refuse(fault.message, fault.status)
            return bytes.count
        case .headCompleted(let headByteCount):
            return headCompleted(headByteCount, bytes)
        }
    }

    /// The head has begun and is not complete.
    private func waitForHead() -> Int {
        state.headBegan(at: shared.loop.now, shared.limits)
        partialSince = receiveStart
        hasten(to: shared.limits.headNanoseconds)
        return 0
    }

    /// Gives the socket, and all that has arrived, to a connection of HTTP/2.
    private func becomeHTTP2(_ bytes: Span<UInt8>) -> Int {
        if let timer { shared.loop.cancel(timer) }
        timer = nil
        state.closed()
        let successor = HTTP2Connection(socket.moveOut(), on: shared, index: index)
        successor.socket.handOver(to: successor, on: shared.loop)
        shared.replace(self, by: successor)
        successor.begin(bytes)
        return bytes.count
    }

    func headCompleted(_ headByteCount: Int, _ bytes: Span<UInt8>) -> Int {
        noteHead()
        if !shared.head.isChunked {
            let total = headByteCount + max(shared.head.contentLength, 0)
            if bytes.count >= total {
                laterByteCount = bytes.count - total
                dispatch(bytes.extracting(0..<headByteCount), body: bytes.extracting(headByteCount..<total))
                return total
            }
        }
        let headBytes = bytes.extracting(0..<headByteCount)
        if mayAnswerHead, answersHeadAlone(headBytes) { return bytes.count }
        beginBody(headBytes)
        return headByteCount
    }

    /// Whether the body is none to wait for if the handler can do without it.
    private var mayAnswerHead: Bool {
        shared.head.isChunked || shared.head.expectsContinue
            || shared.head.contentLength > HTTPLimits.toleratedBodyByteCount
    }

    /// Remembers what the answer must say, because the head is gone by then.
    func noteHead() {
        isFirstRequest = false
        admission = nil
        answersHead = shared.head.method == .head
        if !shared.head.keepsAlive {
            persistence = .close
        } else {
            persistence = shared.head.minorVersion == 0 ? .keepAlive : .implied
        }
    }

    func beginBody(_ headBytes: Span<UInt8>) {
        state.bodyBegan(at: shared.loop.now, shared.limits)
        partialSince = receiveStart
        hasten(to: shared.limits.bodyGraceNanoseconds)
        partialHead.removeAll()
        partialHead.append(headBytes)
        partialBody.removeAll()
        shared.lendBody(to: &partialBody)
        decoder.headCompleted(shared.head)
        missingBodyByteCount = shared.head.isChunked ? -1 : shared.head.contentLength
        if shared.head.expectsContinue { shared.output.append(HTTPResponseHead.continueLine) }
    }

    func takeBody(_ bytes: Span<UInt8>) -> Int {
        if missingBodyByteCount >= 0 {
            let taken = min(missingBodyByteCount, bytes.count)
            partialBody.append(bytes.extracting(0..<taken))
            missingBodyByteCount -= taken
            bodyGrew()
            laterByteCount = bytes.count - taken
            if missingBodyByteCount == 0 { completePartialRequest() }
            return taken
        }
        switch decoder.bytesReceived(bytes) {
        case .needsMoreBytes(let consumed):
            return consumed
        case .bodyBytes(let range, let consumed):
            partialBody.append(bytes.extracting(range))
            bodyGrew()
            return consumed
        case .completed(let consumed):
            laterByteCount = bytes.count - consumed
            completePartialRequest()
            return consumed
        case .faulted(let fault):
            refuse(fault.message, fault.status)
            return bytes.count
        }
    }

    /// Makes room for what is received next, so that a long body is moved seldom and a short one has not claimed much.
    private func makeRoomForBody(_ byteCount: Int) {
        guard partialBody.count + byteCount > partialBody.capacity else { return }
        partialBody.reserve(min(missingBodyByteCount, max(byteCount, partialBody.count * Self.bodyGrowth)))
    }

    func bodyGrew() {
        state.bodyGrew(to: partialBody.count, shared.limits)
    }
}
