import JSONSyntax
import LinuxSystem

extension InferenceRequest {
    /// Decides where a tensor belongs in the rows, or why it is refused.
    mutating func place(
        _ tensor: InputTensor, _ json: Span<UInt8>, for model: ModelSignature
    ) throws(ProtocolError) -> TensorPlacement {
        if let dimension = tensor.badDimension {
            throw .badDimension(text(tensor.name, json), String(decoding: dimension.map { json[$0] }, as: UTF8.self))
        }
        if let dimension = tensor.negativeDimension {
            throw .badDimension(text(tensor.name, json), "\(dimension)")
        }
        guard !tensor.shapeOverflows else {
            throw .shapeOverflow(text(tensor.name, json), shape(json, tensor.shapeText))
        }
        return switch model.input.kind {
        case .exact(_, let datatype): try placeExactly(tensor, json, for: model, datatype)
        case .tensors(let tensors): try placeAmong(tensors, tensor, json, for: model)
        case .forest: try placeFreely(tensor, json, for: model)
        case .texts: try placeTexts(tensor, json, for: model)
        }
    }

    /// Triton's checks in Triton's order.
    private func placeExactly(
        _ tensor: InputTensor, _ json: Span<UInt8>, for model: ModelSignature, _ datatype: Datatype
    ) throws(ProtocolError) -> TensorPlacement {
        guard inputCount == 1 else { throw try inputCountError(json, for: model) }
        guard let name = tensor.name, model.input.inputNames.index(of: name, in: json) != nil else {
            throw .unexpectedInput(label(json), text(tensor.name, json), model.name)
        }
        guard tensor.rank > 0 else { throw .noShape(label(json), text(name, json), model.name) }
        try checkRows(tensor.rowCount, json, for: model)
        guard tensor.datatype == datatype else {
            throw .datatype(
                label(json), text(name, json), text(tensor.datatypeName, json), model.name,
                expected: "'\(datatype.name)'")
        }
        let width = model.input.requestWidth
        guard tensor.rank == 2 && tensor.columnCount == width else { throw unexpectedShape(tensor, json, for: model) }
        return TensorPlacement(
            rowCount: tensor.rowCount, first: 0, stride: 1, elementCount: tensor.elementCount, isColumn: false)
    }

    private func placeFreely(
        _ tensor: InputTensor, _ json: Span<UInt8>, for model: ModelSignature
    ) throws(ProtocolError) -> TensorPlacement {
        let layout = model.input
        guard let datatype = tensor.datatype, datatype != .bytes else {
            throw .datatype(
                label(json), text(tensor.name, json), text(tensor.datatypeName, json), model.name,
                expected: "a numeric datatype")
        }
        guard tensor.rank > 0 else { throw .noShape(label(json), text(tensor.name, json), model.name) }
        let isMatrix = tensor.rank == 2 && tensor.columnCount == layout.requestWidth
        let isColumn = tensor.rank == 1 || (tensor.rank == 2 && tensor.columnCount == 1)
        guard inputCount == 1 || (isColumn && !hasMatrix && layout.requestNames.count > 0) else {
            throw try inputCountError(json, for: model)
        }
        guard isMatrix || (isColumn && layout.requestNames.count > 0) else {
            throw unexpectedShape(tensor, json, for: model)
        }
        try checkRows(tensor.rowCount, json, for: model)
        if isMatrix {
            return TensorPlacement(
                rowCount: tensor.rowCount, first: 0, stride: 1, elementCount: tensor.elementCount, isColumn: false)
        }
        guard let name = tensor.name, let column = layout.requestNames.index(of: name, in: json) else {
            throw .unexpectedInput(label(json), text(tensor.name, json), model.name)
        }
        if givenColumnCount > 0 {
            guard givenColumns[column / 64] & 1 &<< UInt64(column % 64) == 0 else {
                throw .repeatedInput(label(json), text(name, json))
            }
            guard tensor.rowCount == rowCount else { throw .batchMismatch(label(json), text(name, json), model.name) }
        }
        return TensorPlacement(
            rowCount: tensor.rowCount, first: layout.mapping?.columns[column] ?? column, stride: layout.featureCount,
            elementCount: tensor.rowCount, isColumn: true, column: column)
    }

    /// Holds a number of rows against the model's limit and the server's.
    func checkRows(_ rows: Int, _ json: Span<UInt8>, for model: ModelSignature) throws(ProtocolError) {
        let limit = model.input.maxBatchSize
        guard limit == 0 || rows <= limit else { throw .batchSize(label(json), limit, model.name, given: rows) }
        guard rows <= OpenInferenceProtocolLimits.rowCount,
            rows <= OpenInferenceProtocolLimits.elementCount / max(model.input.featureCount, model.input.requestWidth)
        else { throw .tooManyRows(label(json), rows, model.name) }
    }

    /// Checks after the last input that the rows are complete.
    func checkInputs(_ json: Span<UInt8>, for model: ModelSignature) throws(ProtocolError) {
        if inputCount == 0 { throw try inputCountError(json, for: model) }
        if case .tensors(let tensors) = model.input.kind { return try checkTensors(tensors, json, for: model) }
        guard givenColumnCount > 0 && givenColumnCount < model.input.requestWidth else { return }
        var missing: [String] = []
        for column in 0..<model.input.requestWidth {
            let isGiven = givenColumns[column / 64] & 1 &<< UInt64(column % 64) != 0
            if !isGiven && !model.input.isOptional(column: column) {
                missing.append(model.input.requestNames.names[column])
            }
        }
        guard missing.isEmpty else {
            throw .missingFeatures(label(json), missing, given: givenColumnCount, model.name)
        }
    }

    func unexpectedShape(
        _ tensor: InputTensor, _ json: Span<UInt8>, for model: ModelSignature, width: Int? = nil
    ) -> ProtocolError {
        .shape(
            label(json), text(tensor.name, json), model.name, expected: "[-1,\(width ?? model.input.requestWidth)]",
            given: shape(json, tensor.shapeText), isBatched: model.input.maxBatchSize > 0)
    }

    /// Names all inputs, for which the list is read a second time.
    func inputCountError(
        _ json: Span<UInt8>, for model: ModelSignature
    ) throws(ProtocolError) -> ProtocolError {
        var names: [String] = []
        let count = try isMessage ? messageInputNames(json, &names) : inputNames(json, &names)
        let required: [String]
        switch model.input.kind {
        case .exact(let name, _), .texts(let name): required = [name]
        case .tensors(let tensors): required = tensors.filter { !$0.isOptional }.map(\.name)
        case .forest: required = names.isEmpty ? ["features"] : []
        }
        return .inputCount(
            label(json), model.name, expected: max(model.input.inputNames.count, 1), given: count, names,
            missing: required.filter { !names.contains($0) })
    }

    /// Collects the names of the inputs, as many as a message lists, and counts the inputs.
    private func inputNames(_ json: Span<UInt8>, _ names: inout [String]) throws(ProtocolError) -> Int {
        var list = JSONCursor(
            at: inputsOffset, depthLimit: OpenInferenceProtocolLimits.nestingDepth, acceptsNonFinite: true)
        var count = 0
        do throws(JSONFault) {
            _ = try list.next(in: json)
            while list.depth > 0 {
                let token = try list.next(in: json)
                if case .beginObject = token, list.depth == 2 { count += 1 }
                guard case .key(let key) = token, list.depth == 2, JSONString.equals(key, in: json, "name") else {
                    continue
                }
                if case .string(let name) = try list.next(in: json),
                    names.count < OpenInferenceProtocolLimits.namesInMessage
                {
                    names.append(JSONString.decode(name, in: json))
                }
            }
        } catch {
            throw .syntax(error)
        }
        return count
    }

    /// The text of a string of the request.
    func text(_ string: JSONStringRange?, _ json: Span<UInt8>) -> String {
        string.map { JSONString.decode($0, in: json) } ?? ""
    }

    /// How Triton begins the texts of its core: with the request's identity.
    func label(_ json: Span<UInt8>) -> String {
        ProtocolError.label(ofID: json.extracting(id), isJSON: !isMessage)
    }

    /// A shape as it was written, without white space.
    func shape(_ json: Span<UInt8>, _ range: Range<Int>?) -> String {
        guard let range else { return "[]" }
        if isMessage { return messageShape(json, range) }
        var text = ""
        for index in range where json[index] > 0x20 { text.unicodeScalars.append(Unicode.Scalar(json[index])) }
        return text
    }
}

extension NameTable {
    /// The position of a name that stands in a JSON text.
    func index(of name: JSONStringRange, in json: Span<UInt8>) -> Int? {
        if !name.hasEscapes { return index(of: json.extracting(name.range)) }
        let text = Array(JSONString.decode(name, in: json).utf8)
        return index(of: text.span)
    }
}

extension ModelSignature {
    /// What the only input is called.
    var inputName: String { input.metadata[0].name }
}
