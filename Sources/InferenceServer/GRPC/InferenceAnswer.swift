import HTTPConnections
import LinuxSystem
import OpenInferenceProtocol

/// What a model has computed for one request, on its way into the answer.
struct InferenceAnswer {
    let signature: ModelSignature
    let outputs: OutputSelection
    /// The outputs that the selection marks as special.
    let special: [SpecialOutput]
    /// All outputs of the model in its order; those selected hold the batch's rows.
    let columns: [OutputColumn]
    /// The request's rows in the batch.
    let rows: Range<Int>
    /// What the answer calls the request, if its predictions are kept.
    var prediction: PredictionIdentity?
    /// What it says about anomalous rows; nil if there are none.
    var explanations: ExplanationReferences?
    /// Tokens of the request's texts, if it has sent some.
    var tokenCount: Int?

    /// Writes the outputs that go to regions, then the answer, in the form of the request.
    ///
    /// - Parameter id: the request's identity as a JSON string with its quotation marks, or nothing.
    /// - Returns: bytes of the JSON part before binary tensors; nil without any.
    /// - Throws: if a region has become too small, or the answer is longer than any message may be; nothing is left in
    ///   `reply`.
    func write(_ form: AnswerForm, id: Span<UInt8>, to reply: inout ByteBuffer) throws(ProtocolError) -> Int? {
        if outputs.special != 0 { try signature.store(special, columns: columns, rows: rows) }
        if form.kind == .embeddings {
            EmbeddingsAnswer.append(
                columns[0], of: signature, isBase64: form.isBase64, tokenCount: tokenCount ?? 0, to: &reply)
            return nil
        }
        guard form.isMessage else {
            return signature.responseTemplate.append(
                to: &reply, id: id, prediction: prediction, explanations: explanations, selection: outputs,
                special: special, columns: columns, rows: rows)
        }
        let isWritten = signature.messageTemplate.append(
            to: &reply, form.kind == .streamed ? .streamed : .single, id: id, prediction: prediction,
            explanations: explanations, isFinal: form.tellsFinal, selection: outputs, special: special,
            columns: columns, rows: rows)
        guard isWritten else {
            throw ProtocolError(
                .invalidArgument,
                "the answer has more bytes than a message may have (\(OpenInferenceProtocolLimits.messageByteCount)): "
                    + "send fewer rows, or list fewer outputs")
        }
        return nil
    }
}

extension HTTPResponseHead {
    /// Names the explanations of anomalous rows in the head, too.
    mutating func mark(_ references: ExplanationReferences?) {
        guard let references, references.count > 0 else { return }
        explanations = Explanations(
            origin: references.first.origin, first: references.first.sequence, count: references.count)
    }
}
