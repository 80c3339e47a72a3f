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
    /// The loaded model.
    let model: ObjectIdentifier
    private let name: String
    private let completion: Mailbox<DriftCall>
    private enum Answer {
        case pending
        /// The model has ended meanwhile.
        case gone
        /// The document, which other calls share.
        case document([UInt8])
    }

    private let content = Mutex(Answer.pending)

    init(_ model: ServedModel, completion: Mailbox<DriftCall>) {
        self.model = ObjectIdentifier(model)
        name = model.name
        self.completion = completion
    }

    /// Sends the answer back.
    ///
    /// - Parameter text: the document; nil for a model that has ended meanwhile.
    func answer(_ text: [UInt8]?) {
        content.withLock { $0 = text.map { .document($0) } ?? .gone }
        completion.send(self)
    }

    var isAnswered: Bool {
        content.withLock { if case .pending = $0 { false } else { true } }
    }

    /// Lends the answer, which may be taken.
    ///
    /// - Precondition: the call is answered.
    func withAnswer(_ body: (HTTPResponseHead, inout ByteBuffer) -> Void) {
        var reply = ByteBuffer()
        switch content.withLock({ $0 }) {
        case .pending: preconditionFailure("an answer is lent when it is there")
        case .gone:
            ProtocolDocument.appendError("model '\(name)' is not served any more", to: &reply)
            body(HTTPResponseHead(.notFound), &reply)
        case .document(let text):
            reply.reserve(text.count)
            reply.append(text.span)
            body(HTTPResponseHead(.ok), &reply)
        }
    }
}
