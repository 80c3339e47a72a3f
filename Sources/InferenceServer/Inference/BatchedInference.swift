import DynamicBatching
import HTTPConnections
import LinuxSystem
import ModelRepository
import OpenInferenceProtocol

/// One inference request on its way through a batch: what its answer needs when the request's bytes are gone.
///
/// Objects are used again and again; a loop has as many as requests were ever in work at once.
///
/// - Isolation: the loop's thread.
final class BatchedInference: BatchMember {
    private unowned let handler: InferenceHandler
    var exchange: HTTPExchange?
    var slot = 0
    var rowCount = 0
    /// The identity as a JSON string with its quotation marks; empty if there is none.
    var id = ByteBuffer(capacity: 64)
    /// What it says for explanations of its anomalous rows; empty for nothing.
    var context = ByteBuffer()
    var outputs = OutputSelection(requested: 0, binary: 0)
    /// The outputs that the selection marks as special.
    var special: [SpecialOutput] = []
    var acceptedCoding = ContentCoding.identity
    var form = AnswerForm()
    /// What the answer says besides, if the request has named a split.
    var routed: RoutedAnswer?
    /// What the split's shadow answers when this is answered.
    var copy: ShadowCopy?
    /// When the request began to be decoded, and when its rows had joined the batch.
    var arrival = Nanoseconds.zero
    var joining = Nanoseconds.zero

    init(_ handler: InferenceHandler) {
        self.handler = handler
    }

    func batchEvaluated(_ workspace: any InferenceWorkspace, rows: Range<Int>, timing: BatchTiming) {
        handler.answer(self, workspace, rows, timing)
    }
}
