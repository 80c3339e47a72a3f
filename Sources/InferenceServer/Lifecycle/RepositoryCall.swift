import EventLoops
import HTTPConnections
import LinuxSystem
import OpenInferenceProtocol
import Synchronization

/// A client's request to load or unload a model, on its way to the thread of the repository and back.
///
/// - Isolation: made on a loop, worked on by the repository's thread, finished on the same loop; the lock hands the
///   content over and is never contended.
final class RepositoryCall: Sendable {
    /// The form of the request and of its answer.
    enum Form: Equatable, Sendable {
        /// JSON.
        case document
        /// A message of gRPC.
        ///
        /// - Parameter isOfKServe: whether the caller's definition is KServe's.
        case message(Range<Int>, isOfKServe: Bool)
    }

    private struct Content: ~Copyable {
        /// The request's body, then the answer's.
        var body: ByteBuffer
        var head = HTTPResponseHead(.internalServerError)
    }

    let verb: EndpointTable.RepositoryVerb
    /// The model's name, decoded.
    let model: String
    /// Who asks, and by what right, for the audit.
    let client: String
    let grounds: AdminAccess.Grounds
    let form: Form
    private let completion: Mailbox<RepositoryCall>
    private let content: Mutex<Content>

    init(
        _ verb: EndpointTable.RepositoryVerb, model: String, client: String, grounds: AdminAccess.Grounds,
        _ form: Form = .document, body: consuming ByteBuffer, completion: Mailbox<RepositoryCall>
    ) {
        self.verb = verb
        self.model = model
        self.client = client
        self.grounds = grounds
        self.form = form
        self.completion = completion
        content = Mutex(Content(body: body))
    }

    /// Lends the request's body.
    func withBody<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
        content.withLock { content in body(content.body.bytes) }
    }

    /// Takes the request's body.
    func takeBody() -> ByteBuffer {
        var body = ByteBuffer()
        content.withLock { content in swap(&content.body, &body) }
        return body
    }

    /// What the request's body says about loading a model.
    func loadRequest(_ body: Span<UInt8>) throws(ProtocolError) -> RepositoryLoadRequest {
        switch form {
        case .document: try RepositoryLoadRequest(loading: model, body)
        case .message(let range, _): try RepositoryLoadRequest(loading: model, range, in: body)
        }
    }

    /// Whether the request's body wants models to go, too, that only this one needed.
    func unloadsDependents(_ body: Span<UInt8>) throws(ProtocolError) -> Bool {
        switch form {
        case .document: try RepositoryLoadRequest.unloadsDependents(body)
        case .message(let range, _): try RepositoryLoadRequest.unloadsDependents(range, in: body)
        }
    }

    /// Leaves the answer to a call for the loop.
    ///
    /// - Parameter error: why the call failed; nil if it did not.
    func finish(_ error: ProtocolError?) {
        var reply = ByteBuffer()
        let head: HTTPResponseHead
        switch (form, error) {
        case (.document, .none): head = HTTPResponseHead(.ok)
        case (.document, .some(let error)): head = ErrorAnswer.write(error, to: &reply)
        case (.message(_, let isOfKServe), .none):
            ProtocolMessage.appendControlled(model, isOfKServe: isOfKServe, to: &reply)
            head = CallAnswer.ok
        case (.message, .some(let error)): head = CallAnswer.write(CallStatus(error), to: &reply)
        }
        finish(head, reply)
    }

    /// Leaves the answer for the loop.
    func finish(_ head: HTTPResponseHead, _ body: consuming ByteBuffer) {
        var body = body
        content.withLock { content in
            swap(&content.body, &body)
            content.head = head
        }
        completion.send(self)
    }

    /// Lends the answer, whose body may be taken.
    func withAnswer(_ body: (HTTPResponseHead, inout ByteBuffer) -> Void) {
        content.withLock { content in body(content.head, &content.body) }
    }
}
