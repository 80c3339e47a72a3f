package import LinuxSystem

/// The parts of a model version's inference responses that never change, ready to be copied.
///
/// - Isolation: any thread; immutable.
/// - Source: Open Inference Protocol, "Inference Response JSON Object"; Triton's extension_binary_data.md.
package struct ResponseTemplate: Sendable {
    /// All parts, one after another.
    private let text: [UInt8]
    /// From the name of the model to its version, without the opening brace.
    private let model: Range<Int>
    /// The parameters that every response has, without the closing brace; empty if there are none.
    private let parameters: Range<Int>
    /// What stands before the list of outputs.
    private let outputs: Range<Int>
    /// What stands between an output whose values are JSON and the next one.
    private static var closing: StaticString { "]}," }
    /// Of each output, what stands before the number of rows, `closing` in front of it.
    private let heads: [Range<Int>]
    /// The same where the values are texts of classes.
    private let classHeads: [Range<Int>]
    /// Of each output the names of its elements.
    private let labels: [TextList]

    /// Prepares the responses of a model version.
    ///
    /// - Parameter parameters: what every response says besides.
    /// - Parameter labels: a list for each output.
    init(
        name: String, version: String, parameters fixed: [ResponseParameter], outputs metadata: [TensorMetadata],
        labels: [TextList]
    ) {
        precondition(labels.count == metadata.count, "each output has a list of labels")
        self.labels = labels
        var buffer = ByteBuffer(capacity: 256)
        buffer.append("\"model_name\":")
        buffer.appendJSONString(name)
        buffer.append(",\"model_version\":")
        buffer.appendJSONString(version)
        model = 0..<buffer.count
        for (number, parameter) in fixed.enumerated() {
            buffer.append(number == 0 ? ",\"parameters\":{" : "," as StaticString)
            buffer.appendJSONString(parameter.name)
            buffer.append(":")
            buffer.appendJSONString(parameter.value)
        }
        parameters = model.upperBound..<buffer.count
        if !fixed.isEmpty { buffer.append("}") }
        let start = buffer.count
        buffer.append(",\"outputs\":[")
        outputs = start..<buffer.count
        heads = metadata.map { Self.appendHead($0.name, $0.datatype, to: &buffer) }
        classHeads = metadata.map { Self.appendHead($0.name, .bytes, to: &buffer) }
        text = buffer.withBytes { bytes in bytes.indices.map { bytes[$0] } }
    }

    private static func appendHead(_ name: String, _ datatype: Datatype, to buffer: inout ByteBuffer) -> Range<Int> {
        let start = buffer.count
        buffer.append(ResponseTemplate.closing)
        buffer.append("{\"name\":")
        buffer.appendJSONString(name)
        buffer.append(",\"datatype\":\"")
        buffer.append(datatype.name)
        buffer.append("\",\"shape\":[")
        return start..<buffer.count
    }

    /// Appends the body of a response.
    ///
    /// - Complexity: linear in the response; allocates only if the buffer has to grow.
    /// - Parameter id: the request's identity as a JSON string with its quotation marks, or nothing.
    /// - Parameter prediction: what the response calls the request, if its predictions are kept.
    /// - Parameter explanations: what it says about anomalous rows; nil if there are none.
    /// - Parameter special: the outputs that the selection marks as such.
    /// - Parameter columns: all outputs of the model in its order; those selected hold the batch's rows.
    /// - Parameter rows: the request's rows in the batch.
    /// - Returns: where bytes of tensors follow the JSON, its length, for `Inference-Header-Content-Length`; nil where
    ///   all is JSON, also if every binary tensor is empty, as in Triton.
    package func append(
        to buffer: inout ByteBuffer, id: Span<UInt8>, prediction: PredictionIdentity? = nil,
        explanations: ExplanationReferences? = nil, selection: OutputSelection, special: [SpecialOutput] = [],
        columns: [OutputColumn], rows: Range<Int>
    ) -> Int? {
        precondition(columns.count == heads.count, "there is a column for each output")
        let start = buffer.count
        buffer.append(UInt8(ascii: "{"))
        if !id.isEmpty {
            buffer.append("\"id\":")
            buffer.append(id)
            buffer.append(UInt8(ascii: ","))
        }
        if prediction != nil || explanations != nil {
            buffer.append(text.span.extracting(model.lowerBound..<parameters.upperBound))
            buffer.append(parameters.isEmpty ? ",\"parameters\":{" : "," as StaticString)
            if let prediction {
                buffer.append("\"")
                buffer.append(PredictionIdentity.parameterName)
                buffer.append("\":\"")
                prediction.append(to: &buffer)
                buffer.append("\"")
            }
            explanations?.appendMembers(to: &buffer, isFirst: prediction == nil)
            buffer.append("}")
            buffer.append(text.span.extracting(outputs))
        } else {
            buffer.append(text.span.extracting(model.lowerBound..<outputs.upperBound))
        }
        var binaryByteCount = 0
        var remaining = selection.requested
        var skipped = ResponseTemplate.closing.utf8CodeUnitCount
        while remaining != 0 {
            let index = remaining.trailingZeroBitCount
            remaining &= remaining &- 1
            if selection.special &>> UInt64(index) & 1 == 1 {
                guard let output = special.first(where: { $0.index == index }) else {
                    preconditionFailure("a special output says what it is")
                }
                binaryByteCount += append(output, selection, columns[index], rows, skipping: &skipped, to: &buffer)
                continue
            }
            // What closes the output before was written already if there is none, or in part if it was binary.
            buffer.append(text.span.extracting((heads[index].lowerBound &+ skipped)..<heads[index].upperBound))
            let isBinary = selection.binary &>> UInt64(index) & 1 == 1
            binaryByteCount += appendOutput(columns[index], rows, isBinary: isBinary, to: &buffer)
            skipped = isBinary ? 2 : 0
        }
        buffer.append(skipped == 0 ? "]}]}" : "]}" as StaticString)
        guard binaryByteCount > 0 else { return nil }
        let jsonLength = buffer.count - start
        buffer.reserve(binaryByteCount)
        for index in columns.indices where selection.binary &>> UInt64(index) & 1 == 1 {
            if selection.special &>> UInt64(index) & 1 == 1 {
                columns[index].appendPreparedClasses(to: &buffer)
            } else {
                columns[index].appendBinary(rows: rows, to: &buffer)
            }
        }
        return jsonLength
    }

    /// Appends one output's dimensions and values, and returns how many bytes of it follow the JSON.
    private func appendOutput(
        _ column: OutputColumn, _ rows: Range<Int>, isBinary: Bool, to buffer: inout ByteBuffer
    ) -> Int {
        if rows.count < 10 {
            buffer.append(UInt8(truncatingIfNeeded: rows.count) &+ UInt8(ascii: "0"))
        } else {
            buffer.appendDecimal(rows.count)
        }
        column.opening.append(isBinary: isBinary, to: &buffer)
        guard isBinary else {
            column.appendJSON(rows: rows, to: &buffer)
            return 0
        }
        let byteCount = column.binaryByteCount(rows: rows)
        buffer.appendDecimal(byteCount)
        buffer.append("}}")
        return byteCount
    }

    /// Appends an output in a special form, and returns how many bytes of it follow the JSON.
    ///
    /// - Parameter skipped: bytes of `closing` that have been written; on return those of this output.
    private func append(
        _ output: SpecialOutput, _ selection: OutputSelection, _ column: OutputColumn, _ rows: Range<Int>,
        skipping skipped: inout Int, to buffer: inout ByteBuffer
    ) -> Int {
        let index = output.index
        switch output.form {
        case .region:
            buffer.append(text.span.extracting((heads[index].lowerBound &+ skipped)..<heads[index].upperBound))
            buffer.appendDecimal(rows.count)
            column.opening.appendWithoutValues(to: &buffer)
            buffer.append(UInt8(ascii: "}"))
            skipped = 2
            return 0
        case .classes(let count):
            let head = classHeads[index]
            buffer.append(text.span.extracting((head.lowerBound &+ skipped)..<head.upperBound))
            buffer.appendDecimal(rows.count)
            buffer.append(UInt8(ascii: ","))
            buffer.appendDecimal(count)
            guard selection.binary &>> UInt64(index) & 1 == 1 else {
                buffer.append("],\"data\":[")
                column.appendClasses(rows: rows, count: count, labels: labels[index], to: &buffer)
                skipped = 0
                return 0
            }
            let byteCount = column.prepareClasses(rows: rows, count: count, labels: labels[index])
            buffer.append("],\"parameters\":{\"binary_data_size\":")
            buffer.appendDecimal(byteCount)
            buffer.append("}}")
            skipped = 2
            return byteCount
        }
    }
}
