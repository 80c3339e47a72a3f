package import LinuxSystem

/// One message of a call that sends many: a request of its own, whose answer is a message in its turn.
///
/// - Isolation: the loop's thread.
package final class HTTP2MessageExchange: HTTPExchange {
    /// What has become of the message.
    enum State: Equatable {
        case free
        case waiting
        case answered
    }

    /// Those of the same call, as long as this one is in work.
    private var queue: HTTP2AnswerQueue?
    private(set) var state = State.free
    private var start = Nanoseconds.zero
    /// The answer, until those before it have been sent.
    var reply = ByteBuffer()
    /// How the whole call ends with this answer; nil where it goes on.
    private(set) var end: GRPCStatus?

    /// Begins to stand for a message.
    func begin(in queue: HTTP2AnswerQueue, at now: Nanoseconds) {
        precondition(state == .free, "an exchange stands for one message")
        self.queue = queue
        state = .waiting
        start = now
        end = nil
        reply.removeAll()
    }

    /// Stands for nothing any more, and gives back what an exceptionally long answer has left behind.
    func free() {
        state = .free
        queue = nil
        reply.removeAll()
        if reply.capacity > HTTP2Stream.keptByteCount { reply.releaseCapacity() }
    }

    /// The call that the message belongs to, as long as it is in work.
    package var stream: HTTP2Stream? { queue?.stream }

    package override var peer: SocketAddress {
        guard let queue else { preconditionFailure("an exchange that a handler knows has begun") }
        return queue.stream.peer
    }

    package override var isRelayed: Bool {
        guard let queue else { preconditionFailure("an exchange that a handler knows has begun") }
        return queue.stream.isRelayed
    }

    package override var receiveStart: Nanoseconds { start }

    package override var isOpen: Bool { state == .waiting && queue?.isOver == false }

    package override func answer(_ write: (inout ByteBuffer) -> HTTPResponseHead) {
        guard isOpen else { return abandon() }
        let head = write(&reply)
        answered(head)
    }

    package override func answer(_ head: HTTPResponseHead, body: inout ByteBuffer) {
        guard isOpen else { return abandon() }
        swap(&reply, &body)
        answered(head)
    }

    /// Leaves the message without an answer, because nobody waits for it any more.
    package override func abandon() {
        guard state == .waiting else { return }
        state = .answered
        queue?.advance()
    }

    private func answered(_ head: HTTPResponseHead) {
        if let status = head.grpcStatus, status.code != 0 { end = status }
        state = .answered
        queue?.advance()
    }
}
