import JSONSyntax
import LinuxSystem

// Inputs whose elements are texts, of models that take them: one tensor BYTES of shape [N] or [N, 1].

extension InferenceRequest {
    /// Checks the tensor as Triton does one whose name and type are given.
    func placeTexts(
        _ tensor: InputTensor, _ json: Span<UInt8>, for model: ModelSignature
    ) throws(ProtocolError) -> TensorPlacement {
        guard inputCount == 1 else { throw try inputCountError(json, for: model) }
        guard let name = tensor.name, model.input.inputNames.index(of: name, in: json) != nil else {
            throw .unexpectedInput(label(json), text(tensor.name, json), model.name)
        }
        guard tensor.rank > 0 else { throw .noShape(label(json), text(name, json), model.name) }
        try checkRows(tensor.rowCount, json, for: model)
        guard tensor.datatype == .bytes else {
            throw .datatype(
                label(json), text(name, json), text(tensor.datatypeName, json), model.name, expected: "'BYTES'")
        }
        guard tensor.rank == 1 || tensor.rank == 2 && tensor.columnCount == 1 else {
            throw .shape(
                label(json), text(name, json), model.name, expected: "[-1]", given: shape(json, tensor.shapeText),
                isBatched: model.input.maxBatchSize > 0)
        }
        guard tensor.rowCount <= OpenInferenceProtocolLimits.textCount else {
            throw .tooManyTexts(text(name, json), tensor.rowCount)
        }
        return TensorPlacement(
            rowCount: tensor.rowCount, first: 0, stride: 1, elementCount: tensor.rowCount, isColumn: false)
    }

    /// Reads texts from JSON: flat, or nested in any way; only their number is compared with the shape.
    mutating func decodeTexts(
        _ tensor: InputTensor, _ placement: TensorPlacement, _ json: Span<UInt8>, at data: inout JSONCursor,
        into matrix: inout FeatureMatrix, for model: ModelSignature
    ) throws(ProtocolError) {
        let name = text(tensor.name, json)
        beginTexts(&matrix)
        var count = 0
        do throws(TensorData.Fault) {
            let outerDepth = data.depth
            guard case .beginArray = try TensorData.next(&data, json) else { throw .notAnArray(offset: data.offset) }
            while data.depth > outerDepth {
                switch try TensorData.next(&data, json) {
                case .beginArray, .endArray: break
                case .string(let string):
                    count += 1
                    if count <= placement.elementCount {
                        JSONString.forEachByte(of: string, in: json) { byte in
                            matrix.texts.append(byte)
                            return true
                        }
                        matrix.texts.endText()
                    }
                default: throw .unsuitable(offset: data.offset - 1)
                }
            }
            guard count == placement.elementCount else { throw .wrongCount(given: count) }
        } catch {
            throw .data(error, input: name, .bytes, expected: placement.elementCount)
        }
        try endTexts(placement, &matrix, name, for: model)
    }

    /// Reads texts that each stand behind their length, four bytes with the lowest first.
    ///
    /// - Source: Triton's extension_binary_data.md.
    mutating func decodeTexts(
        _ tensor: InputTensor, _ placement: TensorPlacement, _ json: Span<UInt8>, binary bytes: Span<UInt8>,
        into matrix: inout FeatureMatrix, for model: ModelSignature
    ) throws(ProtocolError) {
        let name = text(tensor.name, json)
        beginTexts(&matrix)
        var index = 0
        for number in 0..<placement.elementCount {
            guard bytes.count - index >= 4 else { throw .textsEndEarly(name, number, model.name) }
            let count = Int(bytes.littleEndian(UInt32.self, at: index))
            index += 4
            guard count <= bytes.count - index else { throw .textsEndEarly(name, number, model.name) }
            matrix.texts.append(bytes.extracting(index..<index + count))
            index += count
        }
        guard index == bytes.count else {
            throw .byteSize(label(json), name, model.name, expected: index, given: bytes.count)
        }
        try endTexts(placement, &matrix, name, for: model)
    }

    /// Reads texts from the typed contents of a message.
    ///
    /// - Parameter message: where the input stands.
    mutating func decodeTexts(
        _ tensor: InputTensor, _ placement: TensorPlacement, of message: Range<Int>, _ body: Span<UInt8>,
        into matrix: inout FeatureMatrix, for model: ModelSignature
    ) throws(ProtocolError) {
        beginTexts(&matrix)
        var input = ProtobufReader(message)
        while let field = try input.nextField(ModelInferMessage.Input.self, in: body) {
            guard field.name == .contents else { continue }
            var contents = ProtobufReader(field.content.range)
            while let element = try contents.nextField(ModelInferMessage.Contents.self, in: body) {
                if element.name == .bytesContents { matrix.texts.append(body.extracting(element.content.range)) }
            }
        }
        try endTexts(placement, &matrix, text(tensor.name, body), for: model)
    }

    /// Takes a body that is the only text.
    mutating func readRawText(
        _ body: Span<UInt8>, for model: ModelSignature, into matrix: inout FeatureMatrix
    ) throws(ProtocolError) {
        beginTexts(&matrix)
        matrix.texts.append(body)
        let placement = TensorPlacement(rowCount: 1, first: 0, stride: 1, elementCount: 1, isColumn: false)
        try endTexts(placement, &matrix, model.inputName, for: model)
        outputs = .unlisted(of: model, isBinary: true)
        try checkOutputs(for: model)
    }

    /// What a failed request has left is forgotten.
    private func beginTexts(_ matrix: inout FeatureMatrix) {
        matrix.texts.removeAll(behind: matrix.rowCount)
    }

    private mutating func endTexts(
        _ placement: TensorPlacement, _ matrix: inout FeatureMatrix, _ name: String, for model: ModelSignature
    ) throws(ProtocolError) {
        let first = matrix.rowCount
        precondition(matrix.texts.count == first + placement.rowCount, "a text for each row")
        for row in first..<matrix.texts.count {
            let count = matrix.texts.byteCount(ofRow: row)
            guard count <= OpenInferenceProtocolLimits.textByteCount else {
                throw .longText(name, row - first, count)
            }
        }
        // Rows have a column, which nobody reads.
        matrix.reserve(rows: placement.rowCount)
        note(placement, for: model)
    }
}

extension ProtocolError {
    static func tooManyTexts(_ input: String, _ count: Int) -> ProtocolError {
        ProtocolError(
            .invalidArgument,
            "input '\(input)' has \(count) texts, at most \(OpenInferenceProtocolLimits.textCount) are accepted")
    }

    static func longText(_ input: String, _ index: Int, _ count: Int) -> ProtocolError {
        ProtocolError(
            .invalidArgument,
            "text \(index) of input '\(input)' has \(count) bytes, "
                + "at most \(OpenInferenceProtocolLimits.textByteCount) are accepted")
    }

    static func textsEndEarly(_ input: String, _ index: Int, _ model: String) -> ProtocolError {
        ProtocolError(
            .invalidArgument,
            "unexpected end of input '\(input)' for model '\(model)': text \(index) is longer than what is left")
    }
}
