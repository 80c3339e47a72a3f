import EventLoops
import HTTPConnections
import LinuxSystem
import Synchronization

/// A client's request to load or unload a model, on its way to the thread of the repository and back.
///
/// - Isolation: made on a loop, worked on by the repository's thread, finished on the same loop; the lock hands the
///   content over and is never contended.
final class RepositoryCall: Sendable {
    private struct Content: ~Copyable {
        /// The request's body, then the answer's.
        var body: ByteBuffer
        var head = HTTP1ResponseHead(.internalServerError)
    }

    let verb: EndpointTable.RepositoryVerb
    /// The model's name, decoded.
    let model: String
    /// Who asks, and by what right, for the audit.
    let client: String
    let grounds: AdminAccess.Grounds
    private let completion: Mailbox<RepositoryCall>
    private let content: Mutex<Content>

    init(
        _ verb: EndpointTable.RepositoryVerb, model: String, client: String, grounds: AdminAccess.Grounds,
        body: consuming ByteBuffer, completion: Mailbox<RepositoryCall>
    ) {
        self.verb = verb
        self.model = model
        self.client = client
        self.grounds = grounds
        self.completion = completion
        content = Mutex(Content(body: body))
    }

    /// Takes the request's body.
    func takeBody() -> ByteBuffer {
        var body = ByteBuffer()
        content.withLock { content in swap(&content.body, &body) }
        return body
    }

    /// Leaves the answer for the loop.
    func finish(_ head: HTTP1ResponseHead, _ body: consuming ByteBuffer) {
        var body = body
        content.withLock { content in
            swap(&content.body, &body)
            content.head = head
        }
        completion.send(self)
    }

    /// Lends the answer, whose body may be taken.
    func withAnswer(_ body: (HTTP1ResponseHead, inout ByteBuffer) -> Void) {
        content.withLock { content in body(content.head, &content.body) }
    }
}
