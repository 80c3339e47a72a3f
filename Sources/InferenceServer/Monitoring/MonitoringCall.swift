import EventLoops
import HTTPConnections
import LinuxSystem
import ModelMonitoring
import OpenInferenceProtocol
import Synchronization

/// A client's call for the monitoring thread: feedback, a question about experiments, or a command to a rollout.
///
/// - Isolation: made on a loop, answered on the monitoring thread, finished on the same loop; the lock hands the
///   content over and is never contended.
final class MonitoringCall: Sendable {
    /// What the call is about.
    enum Subject: Equatable, Sendable {
        /// Labels for predictions of a model or split; of a message of gRPC the name stands in it.
        case feedback(model: String, message: Range<Int>?)
        case experiments
        case experiment(split: String)
        case rollout(split: String)
    }

    /// Who makes a call that changes something, and by what right, for the audit.
    struct Caller: Sendable {
        let client: String
        let grounds: AdminAccess.Grounds
    }

    private struct Content: ~Copyable {
        /// The request's body, then the answer's.
        var body: ByteBuffer
        var head = HTTPResponseHead(.internalServerError)
    }

    let subject: Subject
    /// Nil for a call that changes nothing.
    let caller: Caller?
    private let completion: Mailbox<MonitoringCall>
    private let content: Mutex<Content>

    init(
        _ subject: Subject, caller: Caller?, body: consuming ByteBuffer = ByteBuffer(),
        completion: Mailbox<MonitoringCall>
    ) {
        self.subject = subject
        self.caller = caller
        self.completion = completion
        content = Mutex(Content(body: body))
    }

    /// Lends the request's body.
    func withBody<Result>(
        _ body: (Span<UInt8>) throws(ProtocolError) -> Result
    ) throws(ProtocolError) -> Result {
        try content.withLock { (content) throws(ProtocolError) in try body(content.body.bytes) }
    }

    /// Whether the answer is a message of gRPC.
    var isMessage: Bool {
        if case .feedback(_, .some) = subject { true } else { false }
    }

    /// Leaves an answer for the loop.
    func answer(_ write: (inout ByteBuffer) -> Void) {
        finish { reply in
            write(&reply)
            return isMessage ? CallAnswer.ok : HTTPResponseHead(.ok)
        }
    }

    /// Leaves a refusal for the loop.
    func refuse(_ error: ProtocolError) {
        finish { reply in
            isMessage ? CallAnswer.write(CallStatus(error), to: &reply) : ErrorAnswer.write(error, to: &reply)
        }
    }

    private func finish(_ write: (inout ByteBuffer) -> HTTPResponseHead) {
        var reply = ByteBuffer()
        let head = write(&reply)
        content.withLock { content in
            swap(&content.body, &reply)
            content.head = head
        }
        completion.send(self)
    }

    /// Lends the answer, whose body may be taken.
    func withAnswer(_ body: (HTTPResponseHead, inout ByteBuffer) -> Void) {
        content.withLock { content in body(content.head, &content.body) }
    }
}
