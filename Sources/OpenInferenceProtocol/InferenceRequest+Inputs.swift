import JSONSyntax
import LinuxSystem

extension InferenceRequest {
    /// Reads the array of inputs and decodes each as soon as its shape and type are known.
    mutating func readInputs(
        _ json: Span<UInt8>, body: Span<UInt8>, for model: ModelSignature, into matrix: inout FeatureMatrix
    ) throws(ProtocolError) {
        guard case .beginArray = try next(json) else { throw .wrongKind("'inputs'", "an array") }
        while true {
            let token = try next(json)
            if case .endArray = token { return }
            guard case .beginObject = token else { throw .wrongKind("an input", "an object") }
            guard inputCount < OpenInferenceProtocolLimits.inputCount else { throw .tooManyInputs }
            inputCount += 1
            try readInput(json, body: body, for: model, into: &matrix)
        }
    }

    private mutating func readInput(
        _ json: Span<UInt8>, body: Span<UInt8>, for model: ModelSignature, into matrix: inout FeatureMatrix
    ) throws(ProtocolError) {
        var tensor = InputTensor()
        while let member = try nextMember(json) {
            switch member {
            case .name:
                guard tensor.name == nil else { throw .repeatedMember("name") }
                tensor.name = try nextString(json, "'name'")
            case .datatype:
                guard tensor.datatypeName == nil else { throw .repeatedMember("datatype") }
                try readDatatype(of: &tensor, json)
            case .shape:
                guard tensor.shapeText == nil else { throw .repeatedMember("shape") }
                try readShape(of: &tensor, json)
            case .parameters:
                try Self.notTwice(&tensor.hasParameters, "parameters")
                try readParameters(of: &tensor, json)
            case .data:
                guard tensor.dataOffset < 0 else { throw .repeatedMember("data") }
                tensor.dataOffset = cursor.offset
                if tensor.isDescribed {
                    let placement = try place(tensor, json, for: model)
                    var data = cursor
                    try decode(tensor, placement, json, at: &data, into: &matrix, for: model)
                    cursor = data
                    tensor.isDecoded = true
                } else {
                    try skipValue(json)
                }
            default: try skipValue(json)
            }
        }
        try finish(tensor, json, body: body, for: model, into: &matrix)
    }

    /// Decodes an input that could not be decoded on the way: binary, or its data came before its shape.
    private mutating func finish(
        _ tensor: InputTensor, _ json: Span<UInt8>, body: Span<UInt8>, for model: ModelSignature,
        into matrix: inout FeatureMatrix
    ) throws(ProtocolError) {
        let hasData = tensor.dataOffset >= 0
        let hasBinary = tensor.binaryByteCount >= 0
        let hasRegion = tensor.hasRegionParameters && inputRegion.name != nil
        guard hasData ? !hasBinary && !hasRegion : hasBinary != hasRegion else {
            throw .dataSources(data: hasData, binary: hasBinary, region: hasRegion)
        }
        guard let name = tensor.name else { throw .missingMember("name") }
        guard tensor.datatypeName != nil else { throw .missingMember("datatype") }
        guard tensor.shapeText != nil else { throw .missingMember("shape") }
        if tensor.isDecoded { return }
        let placement = try place(tensor, json, for: model)
        if hasBinary {
            let available = body.count - binaryOffset
            guard tensor.binaryByteCount <= available else {
                throw .missingBytes(text(name, json), tensor.binaryByteCount - available, model.name)
            }
            let range = binaryOffset..<binaryOffset + tensor.binaryByteCount
            binaryOffset = range.upperBound
            try decodeBinary(tensor, placement, json, body, range, into: &matrix, for: model)
        } else if hasRegion {
            try decodeRegion(tensor, placement, json, into: &matrix, for: model)
        } else {
            // The data's syntax was checked before, at its own depth.
            var data = JSONCursor(
                at: tensor.dataOffset, depthLimit: OpenInferenceProtocolLimits.nestingDepth, acceptsNonFinite: true)
            try decode(tensor, placement, json, at: &data, into: &matrix, for: model)
        }
    }

    // MARK: What is written about a tensor

    private mutating func readDatatype(of tensor: inout InputTensor, _ json: Span<UInt8>) throws(ProtocolError) {
        let name = try nextString(json, "'datatype'")
        tensor.datatypeName = name
        if name.hasEscapes {
            let text = Array(JSONString.decode(name, in: json).utf8)
            tensor.datatype = Datatype(name: text.span)
        } else {
            tensor.datatype = Datatype(name: json.extracting(name.range))
        }
    }

    /// Reads a shape of the usual form, one or two small integers, or nothing.
    private mutating func takeUsualShape(of tensor: inout InputTensor, _ json: Span<UInt8>) -> Bool {
        guard cursor.isAt(UInt8(ascii: "["), in: json) else { return false }
        var position = cursor.offset + 1
        let rows = JSONCursor.smallInteger(json, at: &position)
        guard rows >= 0 && position < json.count else { return false }
        var columns = 0
        var rank = 1
        if json[position] == UInt8(ascii: ",") {
            position += position + 1 < json.count && json[position + 1] == 0x20 ? 2 : 1
            columns = JSONCursor.smallInteger(json, at: &position)
            rank = 2
        }
        guard columns >= 0 && position < json.count && json[position] == UInt8(ascii: "]") else { return false }
        tensor.rank = rank
        tensor.rowCount = rows
        tensor.columnCount = columns
        tensor.elementCount = rank == 2 ? rows * columns : rows
        tensor.shapeText = cursor.offset..<position + 1
        cursor.offset = position + 1
        cursor.valueWasRead()
        return true
    }

    private mutating func readShape(of tensor: inout InputTensor, _ json: Span<UInt8>) throws(ProtocolError) {
        if usesFastPath && takeUsualShape(of: &tensor, json) { return }
        guard case .beginArray = try next(json) else { throw .wrongKind("'shape'", "an array") }
        let start = cursor.offset - 1
        while true {
            let token = try next(json)
            if case .endArray = token { break }
            guard case .number(let range) = token else { throw .wrongKind("'shape'", "an array of integers") }
            guard let dimension = Self.dimension(json, range) else {
                // The input's name may still follow, and the refusal is to tell it.
                tensor.badDimension = tensor.badDimension ?? range
                continue
            }
            try tensor.addDimension(dimension)
        }
        tensor.shapeText = start..<cursor.offset
        tensor.endShape()
    }

    /// The dimension that a number is, nil if it is none.
    private static func dimension(_ json: Span<UInt8>, _ range: Range<Int>) -> Int? {
        do throws(JSONFault) {
            let value = try JSONNumber.int64(in: json, range)
            return value < 0 ? nil : Int(value)
        } catch {
            return nil
        }
    }

    private mutating func readParameters(of tensor: inout InputTensor, _ json: Span<UInt8>) throws(ProtocolError) {
        let first = try next(json)
        if case .null = first { return }
        guard case .beginObject = first else { throw .wrongKind("'parameters'", "an object") }
        while case .key(let key) = try next(json) {
            if JSONString.equals(key, in: json, "binary_data_size") {
                guard tensor.binaryByteCount < 0 else { throw .repeatedMember("binary_data_size") }
                tensor.binaryByteCount = try byteCount(json)
            } else if JSONString.hasPrefix(key, in: json, "shared_memory_") {
                try readRegionParameter(key, of: &tensor, json)
            } else {
                try skipValue(json)
            }
        }
    }

    private mutating func byteCount(_ json: Span<UInt8>) throws(ProtocolError) -> Int {
        guard case .number(let range) = try next(json) else {
            throw .wrongKind("'binary_data_size'", "an integer")
        }
        do throws(JSONFault) {
            let value = try JSONNumber.int64(in: json, range)
            guard value >= 0 else { throw JSONFault(at: range.lowerBound, .integerOutOfRange) }
            return Int(value)
        } catch {
            throw .badMember("binary_data_size", error)
        }
    }
}
