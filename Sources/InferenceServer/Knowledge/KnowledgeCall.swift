import EventLoops
import HTTPConnections
import KnowledgeRetrieval
import LinuxSystem
import OpenInferenceProtocol
import Synchronization

/// A client's call for the knowledge thread.
///
/// - Isolation: made on a loop, answered on the knowledge thread, finished on the same loop; the lock hands the content
///   over and is never contended.
final class KnowledgeCall: Sendable {
    /// What the call is about.
    enum Subject: Equatable, Sendable {
        /// Documents to take; as lines or as one document or list.
        case put(areLines: Bool)
        case remove(id: String)
        case list(after: String?, limit: Int)
        case show(id: String)
        case search(RetrievalQuery)
    }

    private struct Content: ~Copyable {
        /// The request's body, then the answer's.
        var body: ByteBuffer
        var head = HTTPResponseHead(.internalServerError)
    }

    let subject: Subject
    /// Nil for a call that changes nothing.
    let caller: MonitoringCall.Caller?
    private let completion: Mailbox<KnowledgeCall>
    private let content: Mutex<Content>

    init(
        _ subject: Subject, caller: MonitoringCall.Caller?, body: consuming ByteBuffer = ByteBuffer(),
        completion: Mailbox<KnowledgeCall>
    ) {
        self.subject = subject
        self.caller = caller
        self.completion = completion
        content = Mutex(Content(body: body))
    }

    /// Lends the request's body.
    func withBody<Result>(
        _ body: (Span<UInt8>) throws(ReadingFault) -> Result
    ) throws(ReadingFault) -> Result {
        try content.withLock { (content) throws(ReadingFault) in try body(content.body.bytes) }
    }

    /// Leaves an answer for the loop.
    func answer(_ write: (inout ByteBuffer) -> Void) {
        finish { reply in
            write(&reply)
            return HTTPResponseHead(.ok)
        }
    }

    /// Leaves a refusal for the loop.
    func refuse(_ error: ProtocolError) { finish { reply in ErrorAnswer.write(error, to: &reply) } }

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
