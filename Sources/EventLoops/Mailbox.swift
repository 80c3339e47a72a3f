package import LinuxSystem
import Synchronization

/// A queue into a loop: any thread sends, the loop's thread receives in its next tick.
///
/// Messages of one sender arrive in the order in which they were sent. The loop is woken only if it has taken
/// everything since it was last woken, so a burst costs one system call.
///
/// - Isolation: any thread.
/// - Complexity: sending takes a lock for the time of an append and allocates only when more messages than ever
///   before are waiting.
package final class Mailbox<Message: Sendable>: Sendable {
    private struct Waiting {
        var messages: [Message] = []
        /// Whether the loop has been woken since it last took the messages.
        var isAnnounced = false
    }

    private let waiting = Mutex(Waiting())
    /// Lets one thread at a time come to `waiting`, whose lock is therefore always free.
    ///
    /// A contended `Mutex` orders threads inside the Swift runtime, where ThreadSanitizer sees nothing and reports
    /// races that are none; a semaphore it understands. Messages are rare enough for the second atomic operation.
    private let turn = ThreadSemaphore(value: 1)
    private let signal: Descriptor
    private let kernel: any KernelCalls

    /// Makes a mailbox; messages wait until it is attached to a loop.
    package init(kernel: any KernelCalls = LinuxKernel()) throws(SystemError) {
        self.kernel = kernel
        signal = try kernel.makeSignal()
    }

    /// Sends a message.
    package func send(_ message: Message) {
        turn.wait()
        let wasAnnounced = waiting.withLock { waiting in
            waiting.messages.append(message)
            defer { waiting.isAnnounced = true }
            return waiting.isAnnounced
        }
        turn.signal()
        if !wasAnnounced { kernel.signal(signal) }
    }

    /// Exchanges the messages that wait for an empty array whose storage is used for the next.
    fileprivate func take(_ taken: inout [Message]) {
        precondition(taken.isEmpty, "messages would be lost")
        turn.wait()
        waiting.withLock { waiting in
            swap(&waiting.messages, &taken)
            waiting.isAnnounced = false
        }
        turn.signal()
    }

    /// Starts to watch for messages.
    ///
    /// Being edge-triggered, the descriptor never needs to be read.
    fileprivate func watch(_ receiver: MailboxReceiver<Message>, on loop: EventLoop) throws(SystemError) {
        _ = try loop.watch(signal, for: [.input, .edgeTriggered], handler: receiver)
    }
}

extension EventLoop {
    /// Receives a mailbox's messages, those already sent included, until the loop ends.
    ///
    /// - Precondition: the mailbox is attached to no other loop.
    package func attach<Message: Sendable>(
        _ mailbox: Mailbox<Message>, receive: @escaping (Message, EventLoop) -> Void
    ) throws(SystemError) {
        try mailbox.watch(MailboxReceiver(mailbox, receive), on: self)
    }
}

/// The loop's side of a mailbox.
private final class MailboxReceiver<Message: Sendable>: ReadinessHandler {
    private let mailbox: Mailbox<Message>
    private let receive: (Message, EventLoop) -> Void
    private var messages: [Message] = []

    init(_ mailbox: Mailbox<Message>, _ receive: @escaping (Message, EventLoop) -> Void) {
        self.mailbox = mailbox
        self.receive = receive
    }

    func ready(on loop: EventLoop) {
        mailbox.take(&messages)
        for message in messages { receive(message, loop) }
        messages.removeAll(keepingCapacity: true)
    }
}
