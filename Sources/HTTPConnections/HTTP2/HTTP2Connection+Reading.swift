import EventLoops
import LinuxSystem

/// What arrives: bytes for the library, and what it tells about them.
extension HTTP2Connection {
    /// Whether bytes may be taken from the socket now: not from a peer that takes none of what it is sent.
    var mayReceive: Bool {
        switch state.phase {
        case .open, .noticed, .ending: unsent.isEmpty
        case .lingering: true
        case .closed: false
        }
    }

    /// Receives until nothing more can be had, or until this connection has had its share and others have their turn.
    func receiveSome() {
        if !unread.isEmpty, mayReceive { readOn() }
        var byteCount = 0
        while byteCount < EventLoopsLimits.receiveByteCount, unread.isEmpty, mayReceive,
            socket.mayHoldInput(on: shared.loop)
        {
            switch socket.receive(on: shared.loop) {
            case .received(let received):
                byteCount += received
                if state.phase != .lingering { shared.loop.withReceived { receive($0) } }
            case .wouldBlock: return
            case .ended: return peerFinished()
            case .failed: return close(.lost)
            }
        }
        if mayReceive, !unread.isEmpty || socket.mayHoldInput(on: shared.loop) { socket.callAgain(on: shared.loop) }
    }

    /// Gives bytes to the library; whatever they lead to is sent at the end of the tick.
    func receive(_ bytes: Span<UInt8>) {
        guard state.phase != .closed, !isBroken else { return }
        mark()
        let byteCount = feed(bytes)
        if byteCount < bytes.count { unread.append(bytes.extracting(byteCount..<bytes.count)) }
    }

    /// Goes on with what waits from the turn before.
    private func readOn() {
        if state.phase == .lingering || isBroken {
            unread.removeAll()
        } else {
            mark()
            let byteCount = unread.withBytes { feed($0) }
            unread.removeFirst(byteCount)
        }
        if unread.isEmpty { unread.releaseCapacity() }
    }

    /// Gives bytes to the library, piece by piece, as long as they do not cost more than a turn may.
    ///
    /// - Returns: how many of them were used up.
    private func feed(_ bytes: Span<UInt8>) -> Int {
        let limit = meter.work + HTTP2Limits.workPerTurn
        var start = 0
        while start < bytes.count, meter.work < limit {
            let end = min(start + pieceByteCount, bytes.count)
            let before = meter.work
            guard session.receive(bytes.extracting(start..<end)), !meter.isExceeded else {
                giveUp()
                return bytes.count
            }
            let isCalm = meter.work - before <= HTTP2Limits.calmPieceWork
            pieceByteCount = isCalm ? HTTP2Limits.pieceByteCount : HTTP2Limits.cautiousPieceByteCount
            start = end
        }
        return start
    }

    /// The library has given up, or was told to: what it has not read cannot be understood any more.
    private func giveUp() {
        isBroken = true
        end = .refused
        session.terminate(breach ?? .enhanceYourCalm)
        state.endBegan()
        loseStreams()
    }

    private func peerFinished() {
        state.peerFinished()
        for stream in streams where stream.isOpen && stream.state.answer != .none {
            shared.handler.clientFinished(stream)
        }
        mark()
    }

    // MARK: What the library tells

    /// What RFC 9113 section 6.3 says of PRIORITY.
    private static let priorityType: UInt8 = 0x2
    private static let priorityByteCount = 5

    /// A frame begins; false if it is one too many.
    func frameBegan(type: UInt8, flags: UInt8, stream: Int32, byteCount: Int) -> Bool {
        // The library passes over what it does not use, also where it is faulty.
        if type == Self.priorityType, stream == 0 || byteCount != Self.priorityByteCount {
            breach = stream == 0 ? .protocolError : .frameSizeError
            return false
        }
        if let event = HTTP2FloodMeter.Event(frameType: type, flags: flags, byteCount: byteCount) {
            meter.received(event, at: shared.loop.now)
        }
        return !meter.isExceeded
    }

    /// A frame has arrived that has nothing to do with a request.
    func peerWasHeard() { state.peerWasHeard(at: shared.loop.now, shared.limits) }

    /// The fields of a request begin, or its trailers; false to refuse the stream.
    func fieldsBegan(stream id: Int32, isRequest: Bool) -> Bool {
        state.headBegan(at: shared.loop.now, shared.limits)
        look(at: shared.loop.now + Nanoseconds(Int64(shared.limits.headNanoseconds)))
        guard isRequest else {
            fieldsStream = nil
            trailers = HTTP2RequestFields()
            return true
        }
        let stream = http2.takeStream()
        stream.begin(id, of: self, at: shared.loop.now)
        stream.index = streams.count
        streams.append(stream)
        session.attach(stream)
        state.streamOpened()
        fieldsStream = stream
        return true
    }

    /// A field has arrived; false resets the stream.
    func fieldReceived(_ name: Span<UInt8>, _ value: Span<UInt8>) -> Bool {
        guard let stream = fieldsStream else {
            return trailers.passed(nameByteCount: name.count, valueByteCount: value.count)
        }
        // Compressed fields may be many: those behind the limit are not looked at, but they are counted.
        if stream.fields.isExceeded { meter.received(.other, at: shared.loop.now) }
        stream.fields.received(name, value, into: &stream.head, &stream.headBytes)
        return !meter.isExceeded
    }

    /// A stream was refused because too many are open.
    func streamWasRefused() { meter.received(.refusedStream, at: shared.loop.now) }

    /// The fields are complete.
    func fieldsEnded(of stream: HTTP2Stream, isLast: Bool) {
        state.headEnded()
        // Trailers are checked and dropped: RFC 9110 section 6.5.1 lets nobody rely on them.
        guard fieldsStream === stream, stream.state.request == .head else { return }
        fieldsStream = nil
        let fault = stream.fields.ended(
            bodyByteCountLimit: shared.limits.bodyByteCount, in: &stream.head, &stream.headBytes)
        let isStreamed = fault == nil && stream.head.isGRPC && delivery(of: stream) == .asItComes
        stream.state.headEnded(isLast: isLast, isStreamed: isStreamed, at: shared.loop.now, shared.limits)
        if let fault { return refuse(stream, fault) }
        if isBeyondRoom { return reset(stream, .refusedStream) }
        if isStreamed { beginStreamed(stream) }
        if !isLast, isStreamed || !answersHeadAlone(stream) { expectBody(of: stream) }
    }

    /// Whether too much waits for this client, or for all while something does for this one.
    private var isBeyondRoom: Bool {
        waitingByteCount > (shared.backlog.isFull ? 0 : shared.limits.http2.waitingByteCount)
    }

    private func expectBody(of stream: HTTP2Stream) {
        if !stream.state.isStreamed {
            look(at: shared.loop.now + Nanoseconds(Int64(shared.limits.bodyGraceNanoseconds)))
        }
        if stream.head.expectsContinue, stream.isOpen {
            http2.block.writeContinue()
            session.inform(stream, http2.block)
        }
    }

    /// Bytes of a body have arrived.
    ///
    /// - Parameter stream: nil for one that is over already.
    func bytesReceived(_ bytes: Span<UInt8>, of stream: HTTP2Stream?) {
        // What all streams may send together is bounded by what each of them may, so it is given back at once.
        session.giveWindow(byteCount: bytes.count)
        meter.bytesMoved(bytes.count)
        guard let stream, stream.state.request == .body, !stream.dropsBody else { return }
        makeRoom(for: bytes.count, in: stream)
        stream.body.append(bytes)
        stream.frameCount += 1
        arrivingByteCount += bytes.count
        if stream.state.isStreamed {
            offerBody(stream)
        } else {
            guard stream.body.count <= shared.limits.bodyByteCount, stream.frameCount <= HTTP2Limits.framesPerBody
            else { return refuse(stream, .bodyTooLong) }
            stream.state.bodyGrew(to: stream.body.count, shared.limits)
            giveBodyWindow(of: stream, byteCount: bytes.count)
        }
    }

    /// Makes room for what has come and for some of the rest, as a connection of HTTP/1.1 does.
    private func makeRoom(for byteCount: Int, in stream: HTTP2Stream) {
        guard stream.body.count + byteCount > stream.body.capacity else { return }
        if stream.body.isEmpty {
            stream.body.releaseCapacity()
            shared.lendBody(to: &stream.body)
        }
        let missing = max(stream.head.contentLength - stream.body.count, byteCount)
        stream.body.reserve(min(missing, max(byteCount, stream.body.count * HTTP1Connection.bodyGrowth)))
    }

    /// Lets the client send as many bytes more of a body, unless bodies take up much room: then only of the oldest.
    private func giveBodyWindow(of stream: HTTP2Stream, byteCount: Int) {
        if arrivingByteCount <= shared.limits.http2.arrivingByteCount || stream === oldestArriving {
            return session.giveWindow(of: stream, byteCount: byteCount)
        }
        stream.heldByteCount += byteCount
        stream.state.bodyHeld(at: shared.loop.now, shared.limits)
    }

    private var oldestArriving: HTTP2Stream? {
        streams.lazy.filter { $0.state.request == .body && !$0.state.isStreamed }.min { $0.id < $1.id }
    }

    /// Bytes of bodies were used up or dropped: others may go on.
    func arrivingShrank(by byteCount: Int) {
        arrivingByteCount -= byteCount
        precondition(arrivingByteCount >= 0, "no more is used up than has arrived")
        guard streams.contains(where: { $0.heldByteCount > 0 }) else { return }
        let isRoomy = arrivingByteCount <= shared.limits.http2.arrivingByteCount
        let oldest = oldestArriving
        for stream in streams where stream.heldByteCount > 0 && (isRoomy || stream === oldest) {
            session.giveWindow(of: stream, byteCount: stream.heldByteCount)
            stream.heldByteCount = 0
            stream.state.bodyHeld(at: shared.loop.now, shared.limits)
        }
        mark()
    }
}

extension HTTP2FloodMeter.Event {
    /// What a frame is in excess; nil for those that carry requests.
    ///
    /// - Source: RFC 9113 section 6 for the types.
    init?(frameType: UInt8, flags: UInt8, byteCount: Int) {
        switch frameType {
        case 0x0:
            let endsStream = flags & 0x1 != 0
            guard byteCount == 0, !endsStream else { return nil }
            self = .emptyData
        case 0x1, 0x9: return nil
        case 0x2: self = .priority
        // Resets are counted where it is known whether their stream was in work.
        case 0x3: self = .other
        // An acknowledgement asks for none.
        case 0x4: self = flags & 0x1 == 0 ? .settings : .other
        case 0x6: self = flags & 0x1 == 0 ? .ping : .other
        case 0x8: self = .windowUpdate
        default: self = .other
        }
    }
}
