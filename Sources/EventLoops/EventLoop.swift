package import LinuxSystem

/// One thread's loop: waits until descriptors are ready and tells their handlers.
///
/// A loop is made inside its thread's entry function and never leaves the thread, so nothing in it is locked. One turn
/// is a *tick*: wait; handle every ready descriptor; fire the timers that are due; let the tick observers finish the
/// tick's work (run batches, send output). Registrations are tagged with generations, so news about a closed
/// descriptor cannot reach the one that got its number.
///
/// - Isolation: the thread that made it.
/// - Complexity: a tick allocates nothing in the steady state.
package final class EventLoop {
    /// The kernel that the loop and its sockets call.
    package let kernel: any KernelCalls
    /// The time at the beginning of the tick.
    ///
    /// Everything in a tick happens at one time.
    package private(set) var now: Nanoseconds
    /// Open connections of this loop.
    package internal(set) var connectionCount = 0
    /// The loop's part in the group of loops that it shares connections with.
    let member: LoopGroup.Member

    private let clock: any MonotonicClock
    private let poll: Descriptor
    private var events = PollEventBuffer(capacity: EventLoopsLimits.eventsPerWait)
    private var registrations = Slab<Registration>()
    private var timers = TimerHeap()
    private var observers: [any TickObserver] = []
    /// Sockets whose handlers asked to be called again; the two arrays change roles each tick.
    private var callsWanted: ContiguousArray<SlotToken> = []
    private var callsDue: ContiguousArray<SlotToken> = []
    /// Listeners that rest until there is a place in the group.
    var fullListeners: [Listener] = []
    private var hasMoreWork = false
    private var isStopping = false
    private var received = ByteBuffer(capacity: EventLoopsLimits.receiveByteCount)
    /// Connections whose proxy's words are arriving.
    var greetingCount = 0
    /// Records of TLS of the connection whose turn it is, as they have arrived and on their way to the socket.
    var recordsIn = ByteBuffer()
    var recordsOut = ByteBuffer()
    /// Connections whose handshake is not complete, and steps of handshakes in this tick.
    var handshakeCount = 0
    var handshakeStepCount = 0

    /// What is known about a watched descriptor.
    private struct Registration {
        enum Target {
            case socket(any SocketHandler)
            case source(any ReadinessHandler)
        }

        var target: Target
        var mayHoldInput = false
        var peerFinished = false
        /// Whether output has been added to the interest; it is never taken away again.
        var watchesOutput = false
        /// Whether the last send could not send all.
        var awaitsOutput = false
        var isCallWanted = false

        /// Whom to tell what, after readiness has been remembered.
        enum News {
            case source(any ReadinessHandler)
            case failure(any SocketHandler)
            case input(any SocketHandler)
            case output(any SocketHandler)
            case outputAndInput(any SocketHandler)
            case nothing
        }

        mutating func note(_ readiness: Readiness) -> News {
            switch target {
            case .source(let handler): return .source(handler)
            case .socket(let handler):
                if readiness.hasFailure { return .failure(handler) }
                if readiness.hasInput { mayHoldInput = true }
                if readiness.hasEnd { peerFinished = true }
                // A socket goes on to be watched for output when nobody awaits it any more.
                let isAwaited = readiness.hasOutput && awaitsOutput
                if isAwaited { awaitsOutput = false }
                switch (isAwaited, readiness.hasInput) {
                case (true, true): return .outputAndInput(handler)
                case (true, false): return .output(handler)
                case (false, true): return .input(handler)
                case (false, false): return .nothing
                }
            }
        }
    }

    /// Makes a loop for the calling thread.
    ///
    /// - Parameter member: whom the loop shares connections and their limit with.
    package init(
        kernel: any KernelCalls = LinuxKernel(), clock: any MonotonicClock = SystemClock(),
        member: LoopGroup.Member = LoopGroup.alone()
    ) throws(SystemError) {
        self.member = member
        self.kernel = kernel
        self.clock = clock
        now = clock.now()
        poll = try kernel.makePoll()
    }

    // MARK: Ticks

    /// Runs ticks until `stop`.
    package func run() {
        while !isStopping { tick() }
    }

    /// Makes `run` return after this tick.
    package func stop() { isStopping = true }

    /// Adds an observer, called at the end of every tick after those added before.
    package func addTickObserver(_ observer: any TickObserver) { observers.append(observer) }

    /// Lets go of the observers, which hold the loop, once it does not tick any more.
    func dismissTickObservers() { observers.removeAll() }

    /// Waits once and handles what has become ready.
    func tick() {
        kernel.waitForEvents(in: poll, timeout: waitTimeout(), into: &events)
        now = clock.now()
        member.tickBegan()
        hasMoreWork = false
        handshakeStepCount = 0
        swap(&callsWanted, &callsDue)
        // A handler changes `registrations`, never `events`.
        for index in 0..<events.count { dispatch(events[index]) }
        for token in callsDue { makeCall(token) }
        callsDue.removeAll(keepingCapacity: true)
        let horizon = timers.horizon
        while let handler = timers.popDue(at: now, horizon: horizon) { handler.timerFired(on: self) }
        for observer in observers where observer.tickEnded(on: self) == .continueAtOnce { hasMoreWork = true }
    }

    private func waitTimeout() -> Nanoseconds {
        if hasMoreWork || isStopping || !callsWanted.isEmpty { return .zero }
        let deadline = timers.nextDeadline
        if deadline == .never { return .never }
        return max(.zero, deadline - clock.now())
    }

    private func dispatch(_ event: PollEvent) {
        let token = SlotToken(bits: event.tag)
        // News about a descriptor that was closed since the kernel reported it finds no registration.
        guard let news = registrations.modify(token, { $0.note(event.readiness) }) else { return }
        switch news {
        case .source(let handler): handler.ready(on: self)
        case .failure(let handler): handler.connectionFailed(on: self)
        case .input(let handler): handler.inputReady(on: self)
        case .output(let handler): handler.outputReady(on: self)
        case .outputAndInput(let handler):
            handler.outputReady(on: self)
            // The handler may have closed the socket.
            if registrations.isCurrent(token) { handler.inputReady(on: self) }
        case .nothing: break
        }
    }

    private func makeCall(_ token: SlotToken) {
        guard let registration = registrations[token], case .socket(let handler) = registration.target,
            registration.isCallWanted
        else { return }
        _ = registrations.modify(token) { $0.isCallWanted = false }
        handler.inputReady(on: self)
    }

    // MARK: Timers

    /// Arms a timer that fires in the first tick at or after `deadline`.
    ///
    /// To push a deadline back often, leave the timer armed, note the deadline, and arm again when it fires too early.
    package func arm(_ handler: any TimerHandler, at deadline: Nanoseconds) -> TimerToken {
        TimerToken(slot: timers.arm(handler, at: deadline))
    }

    /// Disarms a timer; nothing happens if it has fired or was disarmed.
    package func cancel(_ timer: TimerToken) { timers.cancel(timer.slot) }

    // MARK: Descriptors of listeners and mailboxes

    /// Watches a descriptor whose owner deals with readiness itself.
    func watch(
        _ descriptor: borrowing Descriptor, for interest: Readiness, handler: any ReadinessHandler
    ) throws(SystemError) -> SlotToken {
        let token = registrations.insert(Registration(target: .source(handler)))
        do {
            try kernel.watch(descriptor, for: interest, tag: token.bits, in: poll)
        } catch {
            registrations.remove(token)
            throw error
        }
        return token
    }

    /// Changes what a descriptor is watched for.
    func rewatch(_ descriptor: borrowing Descriptor, for interest: Readiness, _ token: SlotToken) throws(SystemError) {
        try kernel.rewatch(descriptor, for: interest, tag: token.bits, in: poll)
    }

    /// Forgets a registration; the descriptor is closed next, which ends the watch.
    func forget(_ token: SlotToken) { registrations.remove(token) }

    // MARK: Sockets

    /// Starts to watch a connection for input.
    func register(_ descriptor: borrowing Descriptor, _ handler: any SocketHandler) throws(SystemError) -> SlotToken {
        let token = registrations.insert(Registration(target: .socket(handler)))
        do {
            try kernel.watch(descriptor, for: Self.inputInterest, tag: token.bits, in: poll)
        } catch {
            registrations.remove(token)
            throw error
        }
        return token
    }

    /// Tells another handler from now on what happens to a connection.
    func hand(_ token: SlotToken, to handler: any SocketHandler) {
        let isKnown: Void? = registrations.modify(token) { $0.target = .socket(handler) }
        precondition(isKnown != nil, "a socket that was registered is known")
    }

    private static let inputInterest: Readiness = [.input, .peerFinished, .edgeTriggered]

    /// Whether receiving may give something without another event.
    func mayHoldInput(_ token: SlotToken) -> Bool { registrations[token]?.mayHoldInput ?? false }

    /// Calls the handler's `inputReady` in the next tick.
    func callAgain(_ token: SlotToken) {
        let wasWanted = registrations.modify(token) { registration in
            defer { registration.isCallWanted = true }
            return registration.isCallWanted
        }
        if wasWanted == false { callsWanted.append(token) }
    }

    /// Receives into the shared buffer.
    func receive(_ descriptor: borrowing Descriptor, _ token: SlotToken) -> ReceiveOutcome {
        let limit = EventLoopsLimits.receiveByteCount
        let outcome = Self.receive(descriptor, replacing: &received, limit: limit, kernel)
        noteReceived(outcome, limit: limit, token)
        return outcome
    }

    /// Receives through TLS into the shared buffer.
    func receive(_ descriptor: borrowing Descriptor, _ tls: TLSStream, _ token: SlotToken) -> ReceiveOutcome {
        // The buffer is moved out meanwhile: opening records uses other parts of the loop.
        var plain = ByteBuffer()
        swap(&plain, &received)
        plain.removeAll()
        let outcome = tls.receive(
            descriptor, token, into: &plain, limit: EventLoopsLimits.receiveByteCount, on: self)
        swap(&plain, &received)
        return outcome
    }

    private static func receive(
        _ descriptor: borrowing Descriptor, replacing buffer: inout ByteBuffer, limit: Int, _ kernel: any KernelCalls
    ) -> ReceiveOutcome {
        buffer.removeAll()
        return kernel.receive(from: descriptor, into: &buffer, limit: limit)
    }

    /// Receives into a connection's own buffer.
    func receive(
        _ descriptor: borrowing Descriptor, into buffer: inout ByteBuffer, limit: Int, _ token: SlotToken
    ) -> ReceiveOutcome {
        let outcome = kernel.receive(from: descriptor, into: &buffer, limit: limit)
        noteReceived(outcome, limit: limit, token)
        return outcome
    }

    /// Receives records of TLS into the loop's buffer for them.
    func receiveRecords(_ descriptor: borrowing Descriptor, limit: Int, _ token: SlotToken) -> ReceiveOutcome {
        recordsIn.removeAll()
        return receive(descriptor, into: &recordsIn, limit: limit, token)
    }

    /// Lends the bytes that the last `StreamSocket.receive(on:)` of this loop has received.
    ///
    /// The buffer is shared by all connections: what is needed after this call must be copied, and nothing may be
    /// received into it during the call.
    package func withReceived<Result>(_ body: (Span<UInt8>) -> Result) -> Result { received.withBytes(body) }

    private func noteReceived(_ outcome: ReceiveOutcome, limit: Int, _ token: SlotToken) {
        _ = registrations.modify(token) { registration in
            switch outcome {
            case .received(let count):
                // Fewer bytes than asked for were all there were: what comes later is a new event, except for an end
                // that has been reported already.
                registration.mayHoldInput = count == limit || registration.peerFinished
            case .wouldBlock, .ended, .failed: registration.mayHoldInput = false
            }
        }
    }

    /// Asks for `outputReady`, after a send that could not send all.
    func awaitOutput(_ descriptor: borrowing Descriptor, _ token: SlotToken) throws(SystemError) {
        let watchesOutput = registrations.modify(token) { registration in
            registration.awaitsOutput = true
            defer { registration.watchesOutput = true }
            return registration.watchesOutput
        }
        if watchesOutput == false {
            let interest = Self.inputInterest.union(.output)
            try kernel.rewatch(descriptor, for: interest, tag: token.bits, in: poll)
        }
    }
}
