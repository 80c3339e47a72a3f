package import LinuxSystem

/// The messages of one call that are in work, whose answers are sent in the order in which they came.
///
/// - Isolation: the loop's thread.
package final class HTTP2AnswerQueue {
    /// The call.
    package let stream: HTTP2Stream
    /// In the order of their messages.
    private var exchanges: [HTTP2MessageExchange] = []
    private var free: [HTTP2MessageExchange] = []
    /// Whether no more messages will come.
    private var isComplete = false
    /// Whether nothing more can be said.
    package private(set) var isOver = false
    /// Called when a message has left, or all is said.
    private let advanced: (HTTP2AnswerQueue) -> Void

    /// Begins the answer to a call.
    ///
    /// - Parameter advanced: called when a message has left the queue, or the call has ended.
    package init(
        _ stream: HTTP2Stream, _ head: HTTPResponseHead, advanced: @escaping (HTTP2AnswerQueue) -> Void
    ) {
        self.stream = stream
        self.advanced = advanced
        stream.beginAnswer(head)
    }

    /// Messages in work.
    package var count: Int { exchanges.count }

    /// Those that wait for their answers.
    package var waiting: [HTTP2MessageExchange] { exchanges.filter { $0.state == .waiting } }

    /// Takes a place for the answer to the next message.
    package func expectAnswer(at now: Nanoseconds) -> HTTP2MessageExchange {
        let exchange = free.popLast() ?? HTTP2MessageExchange()
        exchange.begin(in: self, at: now)
        exchanges.append(exchange)
        return exchange
    }

    /// No more messages will come: the call ends when all have been answered.
    package func requestsEnded() {
        isComplete = true
        advance()
    }

    /// Ends the call, whatever is in work; what is answered later goes nowhere.
    ///
    /// - Parameter message: percent-encoded.
    package func end(_ code: UInt8, message: Span<UInt8> = Span()) {
        guard !isOver else { return }
        isOver = true
        stream.endAnswer(code, message: message)
    }

    /// Nobody waits for the answers any more.
    package func streamLost() { isOver = true }

    /// Sends the answers whose turn it is.
    func advance() {
        let before = exchanges.count
        var first = 0
        while first < exchanges.count, exchanges[first].state == .answered {
            let exchange = exchanges[first]
            first += 1
            if !isOver { send(exchange) }
            exchange.free()
            free.append(exchange)
        }
        exchanges.removeFirst(first)
        if isComplete, exchanges.isEmpty { end(0) }
        if exchanges.count < before || isOver { advanced(self) }
    }

    private func send(_ exchange: HTTP2MessageExchange) {
        exchange.reply.withBytes { reply in
            if let status = exchange.end {
                end(status.code, message: reply.extracting((reply.count - status.messageByteCount)..<reply.count))
            } else {
                stream.send(reply)
            }
        }
    }
}
