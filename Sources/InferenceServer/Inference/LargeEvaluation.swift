import DynamicBatching
import LinuxSystem
import ModelRepository
import OpenInferenceProtocol

/// The second half of a large inference request: rows that threads of the pool evaluate, then the answer.
///
/// - Isolation: any thread of the pool; immutable but for what `SharedEvaluation` guards.
final class LargeEvaluation: SharedWork {
    private let task: LargeInference
    private let form: AnswerForm
    private let evaluation: any SharedEvaluation
    /// Who answers: the model that was named, or a variant.
    private let model: ServedModel
    private let signature: ModelSignature
    /// What the answer says besides, if the request has named a split.
    private let routed: RoutedAnswer?
    /// The request's identity as a JSON string with its quotation marks; empty if there is none.
    private let id: ByteBuffer
    private let outputs: OutputSelection
    /// The outputs that the selection marks as special.
    private let special: [SpecialOutput]
    /// Who has found its anomalous rows; nil for nobody.
    private let anomalies: SharedAnomalyObserver?
    /// What it says for their explanations; empty for nothing.
    private let context: ByteBuffer
    /// When reading began, and when it had ended.
    private let begin: Nanoseconds
    private let decoded: Nanoseconds

    init(
        of task: LargeInference, _ form: AnswerForm, _ evaluation: any SharedEvaluation, model: ServedModel,
        signature: ModelSignature, _ routed: RoutedAnswer? = nil, id: consuming ByteBuffer, outputs: OutputSelection,
        special: [SpecialOutput], anomalies: SharedAnomalyObserver? = nil,
        context: consuming ByteBuffer = ByteBuffer(), begin: Nanoseconds
    ) {
        self.anomalies = anomalies
        self.context = context
        self.task = task
        self.form = form
        self.evaluation = evaluation
        self.model = model
        self.signature = signature
        self.routed = routed
        self.id = id
        self.outputs = outputs
        self.special = special
        self.begin = begin
        decoded = task.clock.now()
    }

    var rowCount: Int { evaluation.rowCount }
    var blockRowCount: Int { evaluation.blockRowCount }

    func work(on rows: Range<Int>) {
        if !task.isCancelled { evaluation.evaluate(rows: rows) }
    }

    /// Writes the answer.
    func finish() {
        // Parts may have been left out.
        guard !task.isCancelled else {
            return task.finish(LargeInference.Outcome(id: idBytes, failure: .canceled), ByteBuffer())
        }
        let evaluated = task.clock.now()
        var reply = ByteBuffer()
        let prediction = id.withBytes { id in
            task.watch?.record(evaluation.outputs, rowCount: rowCount, of: model, id: id, routed)
        }
        let references = context.withBytes { context in anomalies?.handOver(context: context, routed) }
        let answer = InferenceAnswer(
            signature: signature, outputs: outputs, special: special, columns: evaluation.outputs,
            rows: 0..<rowCount, prediction: prediction, explanations: references, tokenCount: evaluation.tokenCount)
        let jsonByteCount: Int?
        do throws(ProtocolError) {
            jsonByteCount = try id.withBytes { (id) throws(ProtocolError) in
                try answer.write(form, id: id, to: &reply)
            }
        } catch {
            let head = id.withBytes { ErrorAnswer.write(error, form, id: $0, to: &reply) }
            let figures = figures(evaluated: evaluated)
            return task.finish(
                LargeInference.Outcome(
                    head: head, execution: figures.execution(end: evaluated), id: idBytes, routed: routed),
                reply)
        }
        let head = ContentRecoder().finish(
            &reply, jsonByteCount: jsonByteCount, acceptedCoding: task.order.acceptedCoding, form)
        let figures = figures(evaluated: evaluated)
        let outcome = LargeInference.Outcome(
            head: head, request: figures, execution: figures.execution(end: evaluated), id: idBytes,
            stepTimes: evaluation.stepTimes, routed: routed, references: references)
        task.finish(outcome, reply)
    }

    private var idBytes: [UInt8] { id.withBytes { bytes in bytes.indices.map { bytes[$0] } } }

    /// By the model's rules or, without any, by its labels.
    private var positiveRowCount: Int? {
        model.anomaly?.firingRowCount(evaluation.outputs, rows: 0..<rowCount) ?? evaluation.positiveRowCount
    }

    private func figures(evaluated: Nanoseconds) -> ModelMetrics.Request {
        ModelMetrics.Request(
            rowCount: rowCount,
            decodeNanoseconds: UInt64((decoded - begin).count),
            queueNanoseconds: UInt64((begin - task.order.arrival).count),
            computeNanoseconds: UInt64((evaluated - decoded).count),
            encodeNanoseconds: UInt64((task.clock.now() - evaluated).count),
            positiveRowCount: positiveRowCount)
    }
}
