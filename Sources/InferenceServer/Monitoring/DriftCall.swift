import EventLoops
import HTTPConnections
import LinuxSystem
import ModelMonitoring
import ModelRepository
import OpenInferenceProtocol
import Synchronization

/// A client's question for the drift of a model, which the control thread answers.
///
/// - Isolation: made on a loop, answered on the control thread, finished on the same loop; the lock hands the answer
///   over and is never contended.
final class DriftCall: Sendable {
    private struct Content: ~Copyable {
        var body = ByteBuffer()
        var status = HTTPStatus.ok
    }

    /// The loaded model.
    let model: ObjectIdentifier
    private let name: String
    private let version: String
    private let completion: Mailbox<DriftCall>
    private let content = Mutex(Content())

    init(_ model: ServedModel, completion: Mailbox<DriftCall>) {
        self.model = ObjectIdentifier(model)
        name = model.name
        version = model.signature.version
        self.completion = completion
    }

    /// Writes the answer and sends it back.
    ///
    /// - Parameter watch: nil for a model that has ended meanwhile.
    func answer(_ watch: DriftMonitor.Watch?, at now: Nanoseconds) {
        content.withLock { content in
            if let watch {
                DriftDocument(watch.window, at: now).append(model: name, version: version, to: &content.body)
            } else {
                content.status = .notFound
                ProtocolDocument.appendError("model '\(name)' is not served any more", to: &content.body)
            }
        }
        completion.send(self)
    }

    /// Lends the answer, which may be taken.
    func withAnswer(_ body: (HTTPResponseHead, inout ByteBuffer) -> Void) {
        content.withLock { content in body(HTTPResponseHead(content.status), &content.body) }
    }
}
