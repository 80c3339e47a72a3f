import DynamicBatching
import EventLoops
import LinuxSystem
import OpenInferenceProtocol
import Synchronization

/// A compressed message that is long, or becomes so: inflated by a thread of the pool, then read on the loop.
///
/// Which model it is for stands inside of it, so that the loop can do nothing about it before.
///
/// - Isolation: made on a loop, run on a thread of the pool, finished on the same loop; the lock hands the content over
///   and is never contended.
final class MessageInflation: ComputeTask {
    private struct Content: ~Copyable {
        /// What the caller has sent, then the plain message.
        var bytes: ByteBuffer
        var fault: CallStatus?
    }

    /// When the message began to be looked at.
    let arrival: Nanoseconds
    private let message: Range<Int>
    private let limit: Int
    private let completion: Mailbox<MessageInflation>
    private let content: Mutex<Content>

    /// Makes a task for the pool.
    ///
    /// - Parameter message: where it stands in `bytes`.
    /// - Parameter limit: bytes of the plain message.
    init(
        _ message: Range<Int>, in bytes: consuming ByteBuffer, limit: Int, arrival: Nanoseconds,
        completion: Mailbox<MessageInflation>
    ) {
        self.message = message
        self.limit = limit
        self.arrival = arrival
        self.completion = completion
        content = Mutex(Content(bytes: bytes))
    }

    /// What a message inflates to is not known.
    var runsShortly: Bool { false }

    func run() -> (any SharedWork)? {
        let recoder = ContentRecoder()
        content.withLock { content in
            do throws(CallStatus) {
                try content.bytes.withBytes { (bytes) throws(CallStatus) in
                    try recoder.inflateMessage(bytes.extracting(message), limit: limit)
                }
            } catch {
                content.fault = error
            }
            content.bytes = recoder.takeInflated()
        }
        completion.send(self)
        return nil
    }

    /// Takes what has become of the message: its plain bytes, or what the caller is told.
    func takePlain() throws(CallStatus) -> ByteBuffer {
        var bytes = ByteBuffer()
        var fault: CallStatus?
        content.withLock { content in
            swap(&content.bytes, &bytes)
            fault = content.fault
        }
        if let fault { throw fault }
        return bytes
    }
}
