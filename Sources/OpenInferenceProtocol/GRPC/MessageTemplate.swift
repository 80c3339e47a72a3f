import JSONSyntax
package import LinuxSystem

/// The parts of a model version's responses in gRPC that never change, ready to be copied.
///
/// Every response carries its elements as bytes, whatever form the request had, as Triton's do.
///
/// - Isolation: any thread; immutable.
/// - Source: grpc_service.proto, ModelInferResponse and ModelStreamInferResponse.
package struct MessageTemplate: Sendable {
    /// In which message a response stands.
    package enum Frame: Sendable {
        /// ModelInferResponse.
        case single
        /// ModelStreamInferResponse around it.
        case streamed
    }

    /// The numbers of the fields.
    private enum Field {
        static let id: UInt32 = 3
        static let parameters: UInt32 = 4
        static let outputs: UInt32 = 5
        static let rawOutputContents: UInt32 = 6
        static let shape: UInt32 = 3
        static let errorMessage: UInt32 = 1
        static let response: UInt32 = 2
    }

    /// All parts, one after another.
    private let text: [UInt8]
    /// The fields with the model's name and version, and with the parameters that every response has.
    private let model: Range<Int>
    /// The parameter `triton_final_response`.
    private let final: Range<Int>
    /// Of each output the fields with its name and datatype.
    private let heads: [Range<Int>]
    /// The same where the elements are texts of classes.
    private let classHeads: [Range<Int>]
    /// Of each output the names of its elements.
    private let labels: [TextList]

    /// Prepares the responses of a model version.
    ///
    /// - Parameter parameters: what every response says besides.
    /// - Parameter labels: a list for each output.
    init(
        name: String, version: String, parameters: [ResponseParameter], outputs metadata: [TensorMetadata],
        labels: [TextList]
    ) {
        precondition(labels.count == metadata.count, "each output has a list of labels")
        self.labels = labels
        var buffer = ByteBuffer(capacity: 256)
        buffer.appendText(1, name)
        buffer.appendText(2, version)
        for parameter in parameters {
            var value = ByteBuffer()
            value.appendText(ModelInferMessage.Parameter.stringParam.rawValue, parameter.value)
            var entry = ByteBuffer()
            entry.appendText(ModelInferMessage.ParameterEntry.key.rawValue, parameter.name)
            entry.appendContent(ModelInferMessage.ParameterEntry.value.rawValue, value.bytes)
            buffer.appendContent(Field.parameters, entry.bytes)
        }
        model = 0..<buffer.count
        let isFinal: [UInt8] = [0x08, 1]
        var entry = ByteBuffer()
        entry.appendText(1, "triton_final_response")
        entry.appendContent(2, isFinal.span)
        buffer.appendContent(Field.parameters, entry.bytes)
        final = model.upperBound..<buffer.count
        heads = metadata.map { Self.appendHead($0.name, $0.datatype, to: &buffer) }
        classHeads = metadata.map { Self.appendHead($0.name, .bytes, to: &buffer) }
        text = buffer.withBytes { bytes in bytes.indices.map { bytes[$0] } }
    }

    private static func appendHead(_ name: String, _ datatype: Datatype, to buffer: inout ByteBuffer) -> Range<Int> {
        let start = buffer.count
        buffer.appendText(1, name)
        buffer.appendText(2, "\(datatype.name)")
        return start..<buffer.count
    }

    /// Appends a response with its prefix.
    ///
    /// - Complexity: linear in the response; allocates only if the buffer has to grow.
    /// - Parameter id: the request's identity as a JSON string with its quotation marks, or nothing.
    /// - Parameter prediction: what the response calls the request, if its predictions are kept.
    /// - Parameter explanations: what it says about anomalous rows; nil if there are none.
    /// - Parameter isFinal: whether the response says that no further one comes to its request.
    /// - Parameter special: the outputs that the selection marks as such.
    /// - Parameter columns: all outputs of the model in its order; those selected hold the batch's rows.
    /// - Parameter rows: the request's rows in the batch.
    /// - Returns: false if the response is longer than any message of gRPC; then nothing was appended.
    package func append(
        to buffer: inout ByteBuffer, _ frame: Frame, id: Span<UInt8>, prediction: PredictionIdentity? = nil,
        explanations: ExplanationReferences? = nil, isFinal: Bool = false, selection: OutputSelection,
        special: [SpecialOutput] = [], columns: [OutputColumn],
        rows: Range<Int>
    ) -> Bool {
        precondition(columns.count == heads.count, "there is a column for each output")
        if let plain = Self.unescaped(id) {
            return append(
                to: &buffer, frame, plainID: plain.span, prediction, explanations, isFinal: isFinal,
                selection: selection, special: special, columns: columns, rows: rows)
        }
        let plainID = id.isEmpty ? id : id.extracting(1..<id.count - 1)
        return append(
            to: &buffer, frame, plainID: plainID, prediction, explanations, isFinal: isFinal, selection: selection,
            special: special, columns: columns, rows: rows)
    }

    /// The text of a JSON string that has escapes; nil for one that is its own text, as nearly all are.
    private static func unescaped(_ id: Span<UInt8>) -> [UInt8]? {
        for index in id.indices where id[index] == UInt8(ascii: "\\") {
            let string = JSONStringRange(range: 1..<id.count - 1, hasEscapes: true)
            return Array(JSONString.decode(string, in: id).utf8)
        }
        return nil
    }

    private func append(
        to buffer: inout ByteBuffer, _ frame: Frame, plainID id: Span<UInt8>, _ prediction: PredictionIdentity?,
        _ explanations: ExplanationReferences?, isFinal: Bool, selection: OutputSelection, special: [SpecialOutput],
        columns: [OutputColumn], rows: Range<Int>
    ) -> Bool {
        var byteCount = model.count + (isFinal ? final.count : 0)
        if !id.isEmpty { byteCount += Self.fieldByteCount(Field.id, id.count) }
        if let prediction { byteCount += Self.fieldByteCount(Field.parameters, Self.entryByteCount(prediction)) }
        let notes = explanations.map(Self.notes)
        if let notes { byteCount += notes.count }
        Self.forEachOutput(selection, special) { index, form in
            prepare(form, columns[index], rows, labels[index])
            byteCount += Self.fieldByteCount(Field.outputs, headByteCount(index, form, columns[index], rows))
            byteCount += Self.fieldByteCount(Field.rawOutputContents, Self.rawByteCount(form, columns[index], rows))
        }
        let messageByteCount = frame == .single ? byteCount : Self.fieldByteCount(Field.response, byteCount)
        guard messageByteCount <= OpenInferenceProtocolLimits.messageByteCount else { return false }
        buffer.reserve(GRPCMessagePrefix.byteCount + messageByteCount)
        buffer.appendMessagePrefix(messageByteCount)
        if frame == .streamed { buffer.appendOpening(Field.response, byteCount) }
        buffer.append(text.span.extracting(model))
        if !id.isEmpty { buffer.appendContent(Field.id, id) }
        if isFinal { buffer.append(text.span.extracting(final)) }
        if let prediction { Self.append(prediction, to: &buffer) }
        if let notes { buffer.append(notes.span) }
        Self.forEachOutput(selection, special) { index, form in
            appendHead(index, form, columns[index], rows, to: &buffer)
        }
        Self.forEachOutput(selection, special) { index, form in
            buffer.appendOpening(Field.rawOutputContents, Self.rawByteCount(form, columns[index], rows))
            Self.appendRaw(form, columns[index], rows, to: &buffer)
        }
        return true
    }

    /// Appends the message of a stream that tells that a request has failed, with its prefix.
    ///
    /// - Parameter id: the request's identity as a JSON string with its quotation marks, or nothing.
    /// - Source: Triton `src/grpc/stream_infer_handler.cc`: an empty response with the identity stands beside the text.
    package static func appendFailure(_ message: String, id: Span<UInt8>, to buffer: inout ByteBuffer) {
        if let plain = unescaped(id) { return appendFailure(message, plainID: plain.span, to: &buffer) }
        let plainID = id.isEmpty ? id : id.extracting(1..<id.count - 1)
        appendFailure(message, plainID: plainID, to: &buffer)
    }

    private static func appendFailure(_ message: String, plainID id: Span<UInt8>, to buffer: inout ByteBuffer) {
        let text = ProtocolDocument.shortened(message)
        let responseByteCount = id.isEmpty ? 0 : fieldByteCount(Field.id, id.count)
        buffer.appendMessagePrefix(
            fieldByteCount(Field.errorMessage, text.utf8.count) + fieldByteCount(Field.response, responseByteCount))
        buffer.appendOpening(Field.errorMessage, text.utf8.count)
        buffer.append(text)
        buffer.appendOpening(Field.response, responseByteCount)
        if !id.isEmpty { buffer.appendContent(Field.id, id) }
    }

    // MARK: Parts

    /// Calls for each wanted output, in the model's order.
    @inline(__always)
    private static func forEachOutput(
        _ selection: OutputSelection, _ special: [SpecialOutput], _ body: (Int, SpecialOutput.Form?) -> Void
    ) {
        var remaining = selection.requested
        while remaining != 0 {
            let index = remaining.trailingZeroBitCount
            remaining &= remaining &- 1
            let isSpecial = selection.special &>> UInt64(index) & 1 == 1
            body(index, isSpecial ? special.first { $0.index == index }?.form : nil)
        }
    }

    private static func fieldByteCount(_ number: UInt32, _ contentByteCount: Int) -> Int {
        ByteBuffer.openingByteCount(number, contentByteCount) + contentByteCount
    }

    private static func valueByteCount(_ prediction: PredictionIdentity) -> Int {
        fieldByteCount(ModelInferMessage.Parameter.stringParam.rawValue, prediction.byteCount)
    }

    private static func entryByteCount(_ prediction: PredictionIdentity) -> Int {
        fieldByteCount(
            ModelInferMessage.ParameterEntry.key.rawValue, PredictionIdentity.parameterName.utf8CodeUnitCount)
            + fieldByteCount(ModelInferMessage.ParameterEntry.value.rawValue, valueByteCount(prediction))
    }

    /// Appends the parameter that names the request's predictions.
    private static func append(_ prediction: PredictionIdentity, to buffer: inout ByteBuffer) {
        let name = PredictionIdentity.parameterName
        buffer.appendOpening(Field.parameters, entryByteCount(prediction))
        buffer.appendOpening(ModelInferMessage.ParameterEntry.key.rawValue, name.utf8CodeUnitCount)
        buffer.append(name)
        buffer.appendOpening(ModelInferMessage.ParameterEntry.value.rawValue, valueByteCount(prediction))
        buffer.appendOpening(ModelInferMessage.Parameter.stringParam.rawValue, prediction.byteCount)
        prediction.append(to: &buffer)
    }

    /// The parameters about anomalous rows, which few answers have.
    private static func notes(_ explanations: ExplanationReferences) -> [UInt8] {
        var notes = ByteBuffer(capacity: explanations.listByteCount + 128)
        func append(_ name: StaticString, _ write: (inout ByteBuffer) -> Void) {
            var value = ByteBuffer()
            write(&value)
            var entry = ByteBuffer()
            entry.appendOpening(ModelInferMessage.ParameterEntry.key.rawValue, name.utf8CodeUnitCount)
            entry.append(name)
            entry.appendContent(ModelInferMessage.ParameterEntry.value.rawValue, value.bytes)
            notes.appendContent(Field.parameters, entry.bytes)
        }
        if explanations.count > 0 {
            append(ExplanationIdentity.parameterName) {
                $0.appendOpening(ModelInferMessage.Parameter.stringParam.rawValue, explanations.listByteCount)
                explanations.appendList(to: &$0)
            }
        }
        if explanations.isTruncated {
            append(ExplanationReferences.truncatedName) {
                $0.appendInteger(ModelInferMessage.Parameter.boolParam.rawValue, 1)
            }
        }
        if explanations.droppedCount > 0 {
            append(ExplanationReferences.droppedName) {
                $0.appendInteger(ModelInferMessage.Parameter.int64Param.rawValue, UInt64(explanations.droppedCount))
            }
        }
        return notes.withBytes { bytes in bytes.indices.map { bytes[$0] } }
    }

    private func prepare(
        _ form: SpecialOutput.Form?, _ column: OutputColumn, _ rows: Range<Int>, _ labels: TextList
    ) {
        guard case .classes(let count) = form else { return }
        _ = column.prepareClasses(rows: rows, count: count, labels: labels)
    }

    private func head(_ index: Int, _ form: SpecialOutput.Form?) -> Range<Int> {
        if case .classes = form { classHeads[index] } else { heads[index] }
    }

    private static func shapeByteCount(
        _ form: SpecialOutput.Form?, _ column: OutputColumn, _ rows: Range<Int>
    ) -> Int {
        let first = ByteBuffer.varintByteCount(UInt64(rows.count))
        if case .classes(let count) = form { return first + ByteBuffer.varintByteCount(UInt64(count)) }
        return first + column.opening.messageByteCount
    }

    private func headByteCount(
        _ index: Int, _ form: SpecialOutput.Form?, _ column: OutputColumn, _ rows: Range<Int>
    ) -> Int {
        head(index, form).count + Self.fieldByteCount(Field.shape, Self.shapeByteCount(form, column, rows))
    }

    private func appendHead(
        _ index: Int, _ form: SpecialOutput.Form?, _ column: OutputColumn, _ rows: Range<Int>,
        to buffer: inout ByteBuffer
    ) {
        buffer.appendOpening(Field.outputs, headByteCount(index, form, column, rows))
        buffer.append(text.span.extracting(head(index, form)))
        buffer.appendOpening(Field.shape, Self.shapeByteCount(form, column, rows))
        buffer.appendVarint(UInt64(rows.count))
        if case .classes(let count) = form {
            buffer.appendVarint(UInt64(count))
        } else {
            column.opening.appendMessage(to: &buffer)
        }
    }

    private static func rawByteCount(
        _ form: SpecialOutput.Form?, _ column: OutputColumn, _ rows: Range<Int>
    ) -> Int {
        switch form {
        case .classes: column.preparedClassesByteCount
        // An empty entry keeps the place of an output in a region.
        case .region: 0
        case nil: column.binaryByteCount(rows: rows)
        }
    }

    private static func appendRaw(
        _ form: SpecialOutput.Form?, _ column: OutputColumn, _ rows: Range<Int>, to buffer: inout ByteBuffer
    ) {
        switch form {
        case .classes: column.appendPreparedClasses(to: &buffer)
        case .region: break
        case nil: column.appendBinary(rows: rows, to: &buffer)
        }
    }
}
