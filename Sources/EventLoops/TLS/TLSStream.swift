import LinuxSystem

/// A connection's TLS between its socket and its owner.
///
/// Records of all connections pass through two buffers of the loop, so a connection between two requests holds none.
/// Only what a client has sent behind what its owner wanted, or did not take, stays here.
///
/// - Isolation: the loop's thread.
final class TLSStream {
    /// What a step of the handshake led to.
    enum HandshakeStep: Equatable {
        case completed
        /// Goes on when the client has sent more.
        case waiting
        case failed(TLSFault)
    }

    private let session: TLSSession
    /// Whose contexts the session uses by name; it must outlive the session.
    private let server: TLSServer
    /// Records that have arrived and are not opened.
    private var unopened = ByteBuffer()
    /// Records that the kernel did not take.
    private var unsent = ByteBuffer()
    /// Plain bytes in `unsent` that the owner believes unsent and will hand over again; there are no more of them than
    /// bytes in `unsent`, because a record is longer than what it holds.
    private var sealedByteCount = 0
    /// Why nothing more can be received.
    private var end: ReceiveOutcome?
    private var isComplete = false
    private var hasFinished = false
    private var handshakeByteCount = 0
    /// Whether something can be received, the end included, without more from the network.
    private(set) var holdsInput = false
    /// What is known once the handshake is complete.
    private(set) var facts: TLSFacts?

    /// Makes the stream of a new connection; nil without memory.
    init?(_ server: TLSServer) {
        guard let session = server.makeSession() else { return nil }
        self.session = session
        self.server = server
    }

    /// Whether nothing more can be received, though the end may not have been told.
    var hasEnded: Bool { end != nil }

    // MARK: Handshake

    func handshake(_ descriptor: borrowing Descriptor, _ token: SlotToken, on loop: EventLoop) -> HandshakeStep {
        while loop.mayHoldInput(token) {
            switch loop.receiveRecords(descriptor, limit: EventLoopsLimits.handshakeReceiveByteCount, token) {
            case .received(let byteCount): handshakeByteCount += byteCount
            case .wouldBlock: return .waiting
            case .ended, .failed: return fail(.lost)
            }
            if let step = advance(descriptor, token, on: loop) { return step }
            if handshakeByteCount > EventLoopsLimits.handshakeByteCount { return fail(.tooLong) }
        }
        return .waiting
    }

    /// Goes on with what has arrived; nil if more is needed.
    private func advance(
        _ descriptor: borrowing Descriptor, _ token: SlotToken, on loop: EventLoop
    ) -> HandshakeStep? {
        while true {
            let outcome = session.handshake(&loop.recordsIn, output: &loop.recordsOut)
            let isSent = sendRecords(descriptor, token, on: loop)
            switch outcome {
            case .failed(let fault): return fail(fault)
            case .ended: return fail(.lost)
            case .done, .wantsInput, .wantsRoom:
                if !isSent { return fail(.lost) }
            }
            if outcome == .wantsInput { return nil }
            if outcome == .done { break }
        }
        isComplete = true
        facts = session.facts
        // A client sends its first request without waiting.
        keepUnopened(of: loop)
        holdsInput = !unopened.isEmpty || session.hasPending
        return .completed
    }

    private func fail(_ fault: TLSFault) -> HandshakeStep {
        end = Self.brokenEnd
        return .failed(fault)
    }

    // MARK: Receiving

    /// Receives up to `limit` plain bytes and appends them to `plain`.
    func receive(
        _ descriptor: borrowing Descriptor, _ token: SlotToken, into plain: inout ByteBuffer, limit: Int,
        on loop: EventLoop
    ) -> ReceiveOutcome {
        let before = plain.count
        while true {
            if let end {
                holdsInput = false
                return end
            }
            if holdsInput {
                open(&unopened, &plain, limit: limit, descriptor, token, on: loop)
                if unopened.isEmpty { unopened.releaseCapacity() }
            } else {
                guard loop.mayHoldInput(token) else { return .wouldBlock }
                switch loop.receiveRecords(descriptor, limit: Self.recordByteCount(for: limit), token) {
                case .received: break
                case .wouldBlock: return .wouldBlock
                // The network's end without TLS's own may be somebody's who cuts an answer or a request short.
                case .ended: end = Self.brokenEnd
                case .failed(let error): end = .failed(error)
                }
                if end == nil {
                    open(&loop.recordsIn, &plain, limit: limit, descriptor, token, on: loop)
                    keepUnopened(of: loop)
                }
            }
            if plain.count > before { return .received(plain.count - before) }
        }
    }

    /// Opens records until there are none or the room is used.
    private func open(
        _ records: inout ByteBuffer, _ plain: inout ByteBuffer, limit: Int, _ descriptor: borrowing Descriptor,
        _ token: SlotToken, on loop: EventLoop
    ) {
        let outcome = session.read(&records, into: &plain, limit: limit, output: &loop.recordsOut)
        // A client may have asked for new keys.
        let isSent = sendRecords(descriptor, token, on: loop)
        switch outcome {
        case .wantsInput: holdsInput = false
        case .done, .wantsRoom: holdsInput = true
        case .ended:
            end = .ended
            holdsInput = true
        case .failed:
            end = Self.brokenEnd
            holdsInput = true
        }
        if !isSent {
            end = Self.brokenEnd
            holdsInput = true
        }
    }

    private func keepUnopened(of loop: EventLoop) {
        if !loop.recordsIn.isEmpty { unopened.append(loop.recordsIn.bytes) }
        loop.recordsIn.removeAll()
    }

    /// Bytes of records to ask for when so many plain ones are wanted: what is too many waits in a buffer, what is too
    /// few costs a call.
    private static func recordByteCount(for plainByteCount: Int) -> Int {
        min(plainByteCount + plainByteCount >> 8 + 512, EventLoopsLimits.receiveByteCount)
    }

    private static let brokenEnd = ReceiveOutcome.failed(.brokenTLS)

    // MARK: Sending

    /// Seals three runs of bytes, in order, and sends the records.
    ///
    /// - Returns: the plain bytes whose records the kernel has taken for certain; the others are to be handed over
    ///   again, and are not sealed twice.
    func send(
        _ descriptor: borrowing Descriptor, _ token: SlotToken, _ first: Span<UInt8>, _ second: Span<UInt8>,
        _ third: Span<UInt8>, on loop: EventLoop
    ) -> StreamSocket.SendResult {
        let byteCount = first.count + second.count + third.count
        var position = 0
        if !unsent.isEmpty {
            let before = sealedByteCount
            if let result = sendUnsent(descriptor, token, on: loop) { return result }
            position = before
            precondition(position <= byteCount, "what was not reported as sent is handed over again")
        }
        while position < byteCount {
            let end = min(byteCount, position + EventLoopsLimits.sealedByteCount)
            var isSealed = seal(first, from: position, to: end, on: loop)
            isSealed = isSealed && seal(second, from: position - first.count, to: end - first.count, on: loop)
            let thirdStart = first.count + second.count
            isSealed = isSealed && seal(third, from: position - thirdStart, to: end - thirdStart, on: loop)
            guard isSealed, sendRecords(descriptor, token, on: loop) else { return .failed(.brokenTLS) }
            if !unsent.isEmpty {
                sealedByteCount = min(end - position, unsent.count)
                return .sentPart(end - sealedByteCount)
            }
            position = end
        }
        return .sentAll
    }

    /// Seals the part of a run that lies between two positions, which may be outside it.
    private func seal(_ run: Span<UInt8>, from start: Int, to end: Int, on loop: EventLoop) -> Bool {
        let start = max(start, 0)
        let end = min(end, run.count)
        guard start < end else { return true }
        return session.write(run.extracting(start..<end), output: &loop.recordsOut) == .done
    }

    /// Sends what waits.
    ///
    /// - Returns: nil if everything is sent.
    private func sendUnsent(
        _ descriptor: borrowing Descriptor, _ token: SlotToken, on loop: EventLoop
    ) -> StreamSocket.SendResult? {
        switch loop.kernel.send(to: descriptor, unsent.bytes, Span(), Span()) {
        case .sent(let count): unsent.removeFirst(count)
        case .wouldBlock: break
        case .failed(let error): return .failed(error)
        }
        if unsent.isEmpty {
            unsent.releaseCapacity()
            sealedByteCount = 0
            return nil
        }
        do throws(SystemError) {
            try loop.awaitOutput(descriptor, token)
        } catch {
            return .failed(error)
        }
        let progress = max(sealedByteCount - unsent.count, 0)
        sealedByteCount -= progress
        return .sentPart(progress)
    }

    /// Sends what the library has written; what the kernel does not take waits.
    ///
    /// - Returns: false if the connection is lost.
    private func sendRecords(_ descriptor: borrowing Descriptor, _ token: SlotToken, on loop: EventLoop) -> Bool {
        if loop.recordsOut.isEmpty { return true }
        defer { loop.recordsOut.removeAll() }
        if unsent.isEmpty {
            switch loop.kernel.send(to: descriptor, loop.recordsOut.bytes, Span(), Span()) {
            case .sent(let count): loop.recordsOut.removeFirst(count)
            case .wouldBlock: break
            case .failed: return false
            }
            if loop.recordsOut.isEmpty { return true }
        }
        unsent.append(loop.recordsOut.bytes)
        // A client that makes the server answer its handshake or its keys, and takes no answer, gets no more of them.
        guard unsent.count <= Self.unsentByteCountLimit else { return false }
        do throws(SystemError) {
            try loop.awaitOutput(descriptor, token)
            return true
        } catch {
            return false
        }
    }

    /// The records of one send, and what a handshake has left.
    private static let unsentByteCountLimit = 4 * EventLoopsLimits.sealedByteCount

    /// Sends what waits while there is no owner who would.
    ///
    /// - Returns: false if the connection is lost.
    func sendWaiting(_ descriptor: borrowing Descriptor, _ token: SlotToken, on loop: EventLoop) -> Bool {
        if unsent.isEmpty { return true }
        if case .failed = sendUnsent(descriptor, token, on: loop) { return false }
        return true
    }

    // MARK: Ending

    /// Says that nothing more will be sent, if it can still be said.
    func finish(_ descriptor: borrowing Descriptor, on loop: EventLoop) {
        guard isComplete, !hasFinished, unsent.isEmpty, end == nil || end == .ended else { return }
        hasFinished = true
        session.finish(output: &loop.recordsOut)
        // What finds no room is lost with the connection, which the client notices.
        _ = loop.kernel.send(to: descriptor, loop.recordsOut.bytes, Span(), Span())
        loop.recordsOut.removeAll()
    }
}
