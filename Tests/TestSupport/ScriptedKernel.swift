package import LinuxSystem
import Synchronization

/// A kernel played by the test: it records every call and gives the answers that were prepared.
///
/// Answers are taken in the order in which they were prepared, per kind of call. Without a prepared answer, waiting
/// reports nothing, accepting and receiving would block, and sending takes everything.
package final class ScriptedKernel: KernelCalls {
    /// A system call as the test sees it.
    ///
    /// Descriptors are numbered from 100 in the order of their making.
    package enum Call: Equatable, Sendable {
        case makePoll
        case watch(Int32, Readiness)
        case rewatch(Int32, Readiness)
        case wait(timeout: Nanoseconds)
        case makeSignal
        case signal(Int32)
        case listen(SocketAddress, backlog: Int)
        case accept(Int32)
        case refuseNewConnections(Int32)
        case receive(Int32, limit: Int)
        case send(Int32, [UInt8])
        case finishSending(Int32)
        case close(Int32)
    }

    /// What accepting gives.
    package enum AcceptAnswer: Sendable {
        case connection
        case wouldBlock
        case lostConnection
        case exhausted(SystemError)
    }

    /// What receiving gives.
    package enum ReceiveAnswer: Sendable {
        case bytes([UInt8])
        case wouldBlock
        case ended
        case failed(SystemError)
    }

    private struct State {
        var calls: [Call] = []
        var nextNumber: Int32 = 100
        var open: Set<Int32> = []
        var tags: [Int32: UInt64] = [:]
        var events: [[PollEvent]] = []
        var accepts: [AcceptAnswer] = []
        var receives: [ReceiveAnswer] = []
        var sends: [SendOutcome] = []
        var sendLimit: Int?
        var takenByteCounts: [Int] = []
        var refusals: [SystemError] = []
    }

    private let state = Mutex(State())
    /// Who is at the other end of every connection.
    package let peer = SocketAddress.loopback(port: 50000)

    package init() {}

    // MARK: The test's side

    /// The calls since the last time, in order.
    package func takeCalls() -> [Call] {
        state.withLock { state in
            defer { state.calls = [] }
            return state.calls
        }
    }

    /// Descriptors that were made and not closed.
    package var openDescriptors: [Int32] { state.withLock { $0.open.sorted() } }

    /// The tag under which a descriptor was last watched.
    package func tag(of number: Int32) -> UInt64? { state.withLock { $0.tags[number] } }

    /// Prepares what the next wait reports, by descriptor.
    package func nextWait(reports news: (Int32, Readiness)...) {
        state.withLock { state in
            state.events.append(news.map { PollEvent(readiness: $0.1, tag: state.tags[$0.0] ?? .max) })
        }
    }

    /// Prepares what the next wait reports, by tag.
    package func nextWait(reports events: [PollEvent]) { state.withLock { $0.events.append(events) } }

    /// Prepares answers to `accept`.
    package func nextAccepts(_ answers: AcceptAnswer...) { state.withLock { $0.accepts += answers } }

    /// Prepares answers to `receive`.
    package func nextReceives(_ answers: ReceiveAnswer...) { state.withLock { $0.receives += answers } }

    /// Prepares answers to `send`.
    package func nextSends(_ answers: SendOutcome...) { state.withLock { $0.sends += answers } }

    /// Lets the next send take so many bytes at most, and those after it none, until this is called again.
    package func limitNextSend(to byteCount: Int) { state.withLock { $0.sendLimit = byteCount } }

    /// How many bytes each send took that was limited, since the last time.
    package func takeTakenByteCounts() -> [Int] {
        state.withLock { state in
            defer { state.takenByteCounts = [] }
            return state.takenByteCounts
        }
    }

    /// Prepares refusals of `makePoll`, `makeSignal`, `listen`, `watch` and `rewatch`.
    package func nextCallsFail(_ errors: SystemError...) { state.withLock { $0.refusals += errors } }

    // MARK: The kernel's side

    private func makeDescriptor(_ call: Call?) throws(SystemError) -> Descriptor {
        if let call { try note(call) }
        let number = state.withLock { state in
            defer { state.nextNumber += 1 }
            state.open.insert(state.nextNumber)
            return state.nextNumber
        }
        return Descriptor(owning: number, from: self)
    }

    private func note(_ call: Call) throws(SystemError) {
        let refusal = state.withLock { state in
            state.calls.append(call)
            return state.refusals.isEmpty ? nil : state.refusals.removeFirst()
        }
        if let refusal { throw refusal }
    }

    private func record(_ call: Call) { state.withLock { $0.calls.append(call) } }

    package func makePoll() throws(SystemError) -> Descriptor { try makeDescriptor(.makePoll) }

    package func watch(
        _ descriptor: borrowing Descriptor, for interest: Readiness, tag: UInt64, in poll: borrowing Descriptor
    ) throws(SystemError) {
        let number = descriptor.number
        try note(.watch(number, interest))
        state.withLock { $0.tags[number] = tag }
    }

    package func rewatch(
        _ descriptor: borrowing Descriptor, for interest: Readiness, tag: UInt64, in poll: borrowing Descriptor
    ) throws(SystemError) {
        let number = descriptor.number
        try note(.rewatch(number, interest))
        state.withLock { state in
            precondition(state.tags[number] == tag, "a descriptor changed its tag")
        }
    }

    package func waitForEvents(
        in poll: borrowing Descriptor, timeout: Nanoseconds, into events: inout PollEventBuffer
    ) {
        let capacity = events.capacity
        let reported = state.withLock { state in
            state.calls.append(.wait(timeout: timeout))
            guard let ready = state.events.first else { return [PollEvent]() }
            // What finds no room is reported by the next wait.
            state.events[0] = Array(ready.dropFirst(capacity))
            if state.events[0].isEmpty { state.events.removeFirst() }
            return Array(ready.prefix(capacity))
        }
        events.removeAll()
        for event in reported { events.append(event) }
    }

    package func makeSignal() throws(SystemError) -> Descriptor { try makeDescriptor(.makeSignal) }

    package func signal(_ signal: borrowing Descriptor) { record(.signal(signal.number)) }

    package func listen(at address: SocketAddress, backlog: Int) throws(SystemError) -> Descriptor {
        try makeDescriptor(.listen(address, backlog: backlog))
    }

    package func localAddress(of socket: borrowing Descriptor) throws(SystemError) -> SocketAddress {
        .loopback(port: 8000)
    }

    package func accept(from listener: borrowing Descriptor) -> AcceptOutcome {
        let number = listener.number
        let answer = state.withLock { state in
            state.calls.append(.accept(number))
            return state.accepts.isEmpty ? AcceptAnswer.wouldBlock : state.accepts.removeFirst()
        }
        switch answer {
        case .connection:
            do {
                return .accepted(try makeDescriptor(nil), peer: peer)
            } catch {
                preconditionFailure("nothing refuses a connection's descriptor")
            }
        case .wouldBlock: return .wouldBlock
        case .lostConnection: return .lostConnection
        case .exhausted(let error): return .exhausted(error)
        }
    }

    package func refuseNewConnections(at listener: borrowing Descriptor) {
        record(.refuseNewConnections(listener.number))
    }

    package func receive(
        from socket: borrowing Descriptor, into buffer: inout ByteBuffer, limit: Int
    ) -> ReceiveOutcome {
        let number = socket.number
        let answer = state.withLock { state in
            state.calls.append(.receive(number, limit: limit))
            return state.receives.isEmpty ? ReceiveAnswer.wouldBlock : state.receives.removeFirst()
        }
        switch answer {
        case .bytes(let bytes):
            precondition(!bytes.isEmpty && bytes.count <= limit, "the kernel gives what was asked for")
            buffer.append(bytes.span)
            return .received(bytes.count)
        case .wouldBlock: return .wouldBlock
        case .ended: return .ended
        case .failed(let error): return .failed(error)
        }
    }

    package func send(
        to socket: borrowing Descriptor, _ first: Span<UInt8>, _ second: Span<UInt8>, _ third: Span<UInt8>
    ) -> SendOutcome {
        var bytes: [UInt8] = []
        for index in first.indices { bytes.append(first[index]) }
        for index in second.indices { bytes.append(second[index]) }
        for index in third.indices { bytes.append(third[index]) }
        let number = socket.number
        return state.withLock { [bytes] state in
            state.calls.append(.send(number, bytes))
            if let limit = state.sendLimit {
                let taken = min(limit, bytes.count)
                state.sendLimit = 0
                state.takenByteCounts.append(taken)
                return taken > 0 ? .sent(taken) : .wouldBlock
            }
            return state.sends.isEmpty ? .sent(bytes.count) : state.sends.removeFirst()
        }
    }

    package func finishSending(to socket: borrowing Descriptor) { record(.finishSending(socket.number)) }

    package func close(_ number: Int32) {
        state.withLock { state in
            state.calls.append(.close(number))
            let wasOpen = state.open.remove(number) != nil
            precondition(wasOpen, "a descriptor was closed twice")
        }
    }
}
