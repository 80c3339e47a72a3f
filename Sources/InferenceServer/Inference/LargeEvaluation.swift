import DynamicBatching
import LinuxSystem
import ModelRepository
import OpenInferenceProtocol

/// The second half of a large inference request: rows that threads of the pool evaluate, then the answer.
///
/// - Isolation: any thread of the pool; immutable but for what `SharedEvaluation` guards.
final class LargeEvaluation: SharedWork {
    private let task: LargeInference
    private let evaluation: any SharedEvaluation
    /// The request's identity as a JSON string with its quotation marks; empty if there is none.
    private let id: ByteBuffer
    private let outputs: OutputSelection
    /// When reading began, and when it had ended.
    private let begin: Nanoseconds
    private let decoded: Nanoseconds

    init(
        of task: LargeInference, _ evaluation: any SharedEvaluation, id: consuming ByteBuffer,
        outputs: OutputSelection, begin: Nanoseconds
    ) {
        self.task = task
        self.evaluation = evaluation
        self.id = id
        self.outputs = outputs
        self.begin = begin
        decoded = task.clock.now()
    }

    var rowCount: Int { evaluation.rowCount }
    var blockRowCount: Int { evaluation.blockRowCount }

    func work(on rows: Range<Int>) { evaluation.evaluate(rows: rows) }

    /// Writes the answer.
    func finish() {
        let evaluated = task.clock.now()
        var reply = ByteBuffer()
        let jsonByteCount = id.withBytes { id in
            task.model.signature.responseTemplate.append(
                to: &reply, id: id, parameters: Span(), selection: outputs, columns: evaluation.outputs,
                rows: 0..<rowCount)
        }
        let head = ContentRecoder().finish(
            &reply, jsonByteCount: jsonByteCount, acceptedCoding: task.order.acceptedCoding)
        let outcome = LargeInference.Outcome(
            head: head,
            request: ModelMetrics.Request(
                rowCount: rowCount,
                decodeNanoseconds: UInt64((decoded - begin).count),
                queueNanoseconds: UInt64((begin - task.order.arrival).count),
                computeNanoseconds: UInt64((evaluated - decoded).count),
                encodeNanoseconds: UInt64((task.clock.now() - evaluated).count)))
        task.finish(outcome, reply)
    }
}
