import DynamicBatching
import EventLoops
import LinuxSystem
import ModelRepository
import OpenInferenceProtocol
import Synchronization

/// A client's question for the statistics of all models, which a thread of the compute pool answers: a thousand models
/// take milliseconds, for which no loop stops.
///
/// - Isolation: made on a loop, run on a pool thread, finished on the same loop; the lock hands the answer over and is
///   never contended.
final class StatisticsCall: ComputeTask {
    private struct Content: ~Copyable {
        var body = ByteBuffer()
    }

    /// The form of the answer.
    let form: AnswerForm
    private let table: ServingTable
    private let document: StatisticsDocument
    private let completion: Mailbox<StatisticsCall>
    private let content = Mutex(Content())

    init(
        _ document: StatisticsDocument, of table: ServingTable, _ form: AnswerForm,
        completion: Mailbox<StatisticsCall>
    ) {
        self.document = document
        self.table = table
        self.form = form
        self.completion = completion
    }

    var runsShortly: Bool { true }

    func run() -> (any SharedWork)? {
        var body = ByteBuffer()
        document.append(allOf: table, to: &body)
        if form.isMessage {
            var message = ByteBuffer()
            ProtocolMessage.append(body.bytes, as: "ModelStatisticsResponse", to: &message)
            swap(&body, &message)
        }
        content.withLock { content in swap(&content.body, &body) }
        completion.send(self)
        return nil
    }

    /// Lends the answer, which may be taken.
    func withBody(_ body: (inout ByteBuffer) -> Void) {
        content.withLock { content in body(&content.body) }
    }
}
