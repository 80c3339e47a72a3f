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
    /// What stands before the list of outputs.
    private let outputs: Range<Int>
    /// What stands between an output whose values are JSON and the next one.
    private static var closing: StaticString { "]}," }
    /// Of each output, what stands before the number of rows, `closing` in front of it.
    private let heads: [Range<Int>]

    /// Prepares the responses of a model version.
    init(name: String, version: String, outputs metadata: [TensorMetadata]) {
        var buffer = ByteBuffer(capacity: 256)
        buffer.append("\"model_name\":")
        buffer.appendJSONString(name)
        buffer.append(",\"model_version\":")
        buffer.appendJSONString(version)
        model = 0..<buffer.count
        buffer.append(",\"outputs\":[")
        outputs = model.upperBound..<buffer.count
        var heads: [Range<Int>] = []
        for output in metadata {
            let start = buffer.count
            buffer.append(ResponseTemplate.closing)
            buffer.append("{\"name\":")
            buffer.appendJSONString(output.name)
            buffer.append(",\"datatype\":\"")
            buffer.append(output.datatype.name)
            buffer.append("\",\"shape\":[")
            heads.append(start..<buffer.count)
        }
        self.heads = heads
        text = buffer.withBytes { bytes in bytes.indices.map { bytes[$0] } }
    }

    /// Appends the body of a response.
    ///
    /// - Complexity: linear in the response; allocates only if the buffer has to grow.
    /// - Parameter id: the request's identity as a JSON string with its quotation marks, or nothing.
    /// - Parameter parameters: a JSON object with the response's parameters, or nothing.
    /// - Parameter columns: all outputs of the model in its order; those selected hold the batch's rows.
    /// - Parameter rows: the request's rows in the batch.
    /// - Returns: where bytes of tensors follow the JSON, its length, for `Inference-Header-Content-Length`; nil where
    ///   all is JSON, also if every binary tensor is empty, as in Triton.
    package func append(
        to buffer: inout ByteBuffer, id: Span<UInt8>, parameters: Span<UInt8>, selection: OutputSelection,
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
        if parameters.isEmpty {
            buffer.append(text.span.extracting(model.lowerBound..<outputs.upperBound))
        } else {
            buffer.append(text.span.extracting(model))
            buffer.append(",\"parameters\":")
            buffer.append(parameters)
            buffer.append(text.span.extracting(outputs))
        }
        var binaryByteCount = 0
        var remaining = selection.requested
        var skipped = ResponseTemplate.closing.utf8CodeUnitCount
        while remaining != 0 {
            let index = remaining.trailingZeroBitCount
            remaining &= remaining &- 1
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
            columns[index].appendBinary(rows: rows, to: &buffer)
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
}
