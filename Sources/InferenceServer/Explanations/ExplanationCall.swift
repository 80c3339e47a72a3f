import AnomalyExplanation
import EventLoops
import HTTPConnections
import LinuxSystem
import OpenInferenceProtocol
import Synchronization

/// A client's call for the thread that explains: a question about explanations, or an opinion on one.
///
/// - Isolation: made on a loop, answered on the explaining thread, finished on the same loop; the lock hands the
///   content over and is never contended.
final class ExplanationCall: Sendable {
    /// What the call is about.
    enum Subject: Sendable {
        /// One explanation.
        ///
        /// - Parameter patience: how long its end may be waited for.
        case show(ExplanationIdentity, patience: Nanoseconds, form: Form)
        case list(IncidentFilter)
        /// Those that have ended after an event; waits for one.
        case events(after: UInt64?, patience: Nanoseconds)
        case opinion(ExplanationIdentity)
    }

    /// How an explanation is written.
    enum Form: Equatable, Sendable {
        case json
        case markdown
    }

    private struct Content: ~Copyable {
        /// The request's body, then the answer's.
        var body: ByteBuffer
        var head = HTTPResponseHead(.internalServerError)
    }

    let subject: Subject
    /// Nil for a call that changes nothing.
    let caller: MonitoringCall.Caller?
    private let completion: Mailbox<ExplanationCall>
    private let content: Mutex<Content>

    init(
        _ subject: Subject, caller: MonitoringCall.Caller?, body: consuming ByteBuffer = ByteBuffer(),
        completion: Mailbox<ExplanationCall>
    ) {
        self.subject = subject
        self.caller = caller
        self.completion = completion
        content = Mutex(Content(body: body))
    }

    /// Lends the request's body.
    func withBody<Result>(_ body: (Span<UInt8>) throws(ProtocolError) -> Result) throws(ProtocolError) -> Result {
        try content.withLock { (content) throws(ProtocolError) in try body(content.body.bytes) }
    }

    /// Leaves an answer for the loop.
    func answer(_ type: HTTPResponseHead.ContentType = .json, _ write: (inout ByteBuffer) -> Void) {
        finish { reply in
            write(&reply)
            return HTTPResponseHead(.ok, type)
        }
    }

    /// Leaves a refusal for the loop.
    ///
    /// The answer of a call that nobody waits for goes nowhere.
    func refuse(_ error: ProtocolError) { finish { ErrorAnswer.write(error, to: &$0) } }

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
