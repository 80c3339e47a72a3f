import JSONSyntax
package import LinuxSystem

/// Requests that come as messages of gRPC: read by the same rules as those in JSON, into the same matrix.
///
/// What a message calls by a name is kept as its place in the bytes, as names in JSON without escapes are; so all that
/// comes after the syntax is shared. Data of an input is in typed contents, in the next of the raw contents, or in
/// shared memory, which takes none of the raw contents. Raw contents that no input takes are ignored, as in Triton.
///
/// - Source: grpc_service.proto; Triton `src/grpc/infer_handler.cc` for the meaning.
extension InferenceRequest {
    /// Reads what a message says about itself: the model, its version and the identity, for which nothing of the
    /// model must be known.
    ///
    /// - Parameter message: where in the body it stands.
    /// - Throws: `ProtocolError` if the message cannot be read.
    package mutating func open(_ message: Range<Int>, in body: Span<UInt8>) throws(ProtocolError) {
        forget()
        isMessage = true
        self.message = message
        modelName = 0..<0
        modelVersion = 0..<0
        rawContents.removeAll(keepingCapacity: true)
        takenRawCount = 0
        wantsFinalResponse = false
        var reader = ProtobufReader(message)
        while let field = try reader.nextField(ModelInferMessage.Request.self, in: body) {
            switch field.name {
            case .modelName: modelName = field.content.range
            case .modelVersion: modelVersion = field.content.range
            case .id: id = field.content.range
            case .rawInputContents:
                // There are no more inputs that could take them.
                if rawContents.count < OpenInferenceProtocolLimits.inputCount {
                    rawContents.append(field.content.range)
                }
            case .parameters, .inputs, .outputs: break
            }
        }
        guard id.count <= OpenInferenceProtocolLimits.idByteCount else { throw .longID(id.count) }
    }

    /// Reads the rest of the message that was opened last.
    ///
    /// - Parameters: as those of `parse`.
    /// - Throws: `ProtocolError`, with Triton's text where there is one.
    package mutating func parseMessage(
        in body: Span<UInt8>, for model: ModelSignature, into matrix: inout FeatureMatrix,
        elementCountLimit: Int = OpenInferenceProtocolLimits.elementCount, leavesBinaryRows: Bool = false
    ) throws(ProtocolError) {
        precondition(isMessage && inputCount == 0, "a message is opened before it is read")
        self.elementCountLimit = elementCountLimit
        self.leavesBinaryRows = leavesBinaryRows
        var reader = ProtobufReader(message)
        while let field = try reader.nextField(ModelInferMessage.Request.self, in: body) {
            switch field.name {
            case .parameters: try readParameter(MessageParameter(reading: field.content.range, in: body), body)
            case .inputs:
                guard inputCount < OpenInferenceProtocolLimits.inputCount else { throw .tooManyInputs }
                inputCount += 1
                try readInput(field.content.range, body, for: model, into: &matrix)
            case .outputs: try readOutput(field.content.range, body, for: model)
            case .modelName, .modelVersion, .id, .rawInputContents: break
            }
        }
        try checkInputs(body, for: model)
        if outputs.requested == 0 { outputs = .unlisted(of: model, isBinary: true) }
        try checkOutputs(for: model)
    }

    /// Appends the identity as a JSON string with its quotation marks, whatever the form of the request; nothing if
    /// there is none.
    ///
    /// - Parameter body: the one that was read.
    package func appendID(from body: Span<UInt8>, to buffer: inout ByteBuffer) {
        guard !id.isEmpty else { return }
        if isMessage {
            buffer.appendJSONString(body.extracting(id))
        } else {
            buffer.append(body.extracting(id))
        }
    }

    // MARK: Inputs

    private mutating func readInput(
        _ range: Range<Int>, _ body: Span<UInt8>, for model: ModelSignature, into matrix: inout FeatureMatrix
    ) throws(ProtocolError) {
        var tensor = InputTensor()
        var contents = TypedContents()
        tensor.name = JSONStringRange(range: 0..<0, hasEscapes: false)
        tensor.shapeText = range
        var reader = ProtobufReader(range)
        while let field = try reader.nextField(ModelInferMessage.Input.self, in: body) {
            switch field.name {
            case .name: tensor.name = JSONStringRange(range: field.content.range, hasEscapes: false)
            case .datatype:
                tensor.datatypeName = JSONStringRange(range: field.content.range, hasEscapes: false)
                tensor.datatype = Datatype(name: body.extracting(field.content.range))
            case .shape: try readShape(field.content, of: &tensor, body)
            case .parameters: try readInputParameter(field.content.range, of: &tensor, body)
            case .contents: try contents.readMessage(field.content.range, in: body)
            }
        }
        tensor.endShape()
        try finish(tensor, contents, range, body, for: model, into: &matrix)
    }

    /// Finds an input's data and decodes it.
    private mutating func finish(
        _ tensor: InputTensor, _ contents: TypedContents, _ range: Range<Int>, _ body: Span<UInt8>,
        for model: ModelSignature, into matrix: inout FeatureMatrix
    ) throws(ProtocolError) {
        if tensor.hasRegionParameters && inputRegion.name != nil {
            guard !contents.isPresent else { throw .contentsBesideRegion(text(tensor.name, body), model.name) }
            let placement = try place(tensor, body, for: model)
            try decodeRegion(tensor, placement, body, into: &matrix, for: model)
        } else if contents.isPresent {
            guard rawContents.isEmpty else { throw .contentsBesideRaw(text(tensor.name, body), model.name) }
            let placement = try place(tensor, body, for: model)
            try decodeContents(tensor, placement, contents, of: range, body, into: &matrix, for: model)
        } else {
            guard takenRawCount < rawContents.count else { throw .noContents(text(tensor.name, body), model.name) }
            let raw = rawContents[takenRawCount]
            takenRawCount += 1
            let placement = try place(tensor, body, for: model)
            try decodeBinary(tensor, placement, body, body, raw, into: &matrix, for: model)
        }
    }

    private mutating func readShape(
        _ content: ProtobufContent, of tensor: inout InputTensor, _ body: Span<UInt8>
    ) throws(ProtocolError) {
        switch content {
        case .number(let bits): try Self.addDimension(bits, to: &tensor)
        case .bytes(let run):
            var reader = ProtobufReader(run)
            while let bits = try reader.nextNumber(ModelInferMessage.Input.shape, in: body) {
                try Self.addDimension(bits, to: &tensor)
            }
        }
    }

    private static func addDimension(_ bits: UInt64, to tensor: inout InputTensor) throws(ProtocolError) {
        let dimension = Int64(bitPattern: bits)
        guard dimension >= 0 else {
            // The input's name may still follow, and the refusal is to tell it.
            tensor.negativeDimension = tensor.negativeDimension ?? dimension
            return
        }
        try tensor.addDimension(Int(dimension))
    }

    private mutating func readInputParameter(
        _ entry: Range<Int>, of tensor: inout InputTensor, _ body: Span<UInt8>
    ) throws(ProtocolError) {
        let parameter = try MessageParameter(reading: entry, in: body)
        guard parameter.hasPrefix("shared_memory_", in: body) else { return }
        var reference = tensor.hasRegionParameters ? inputRegion : RegionReference()
        tensor.hasRegionParameters = true
        try reference.read(parameter, in: body)
        inputRegion = reference
    }

    // MARK: Outputs

    private mutating func readOutput(
        _ range: Range<Int>, _ body: Span<UInt8>, for model: ModelSignature
    ) throws(ProtocolError) {
        var name = 0..<0
        var parameters = OutputParameters()
        var reader = ProtobufReader(range)
        while let field = try reader.nextField(ModelInferMessage.Output.self, in: body) {
            switch field.name {
            case .name: name = field.content.range
            case .parameters:
                let parameter = try MessageParameter(reading: field.content.range, in: body)
                if parameter.isNamed("classification", in: body) {
                    let count = try parameter.count("classification")
                    guard count > 0 else { throw .classCount }
                    parameters.classCount = count
                } else {
                    try parameters.region.read(parameter, in: body)
                }
            }
        }
        guard let index = model.outputIndex(of: body.extracting(name)) else {
            throw .unexpectedOutput(body.text(name), model.name)
        }
        let bit: UInt64 = 1 &<< UInt64(index)
        guard outputs.requested & bit == 0 else { throw .repeatedOutput(label(body), body.text(name)) }
        outputs.requested |= bit
        // All outputs of a message are bytes.
        outputs.binary |= bit
        if parameters.isSpecial { try addSpecialOutput(index, parameters, body, for: model) }
    }

    // MARK: Refusals

    /// A tensor's shape in the form of JSON.
    func messageShape(_ body: Span<UInt8>, _ range: Range<Int>) -> String {
        var dimensions: [String] = []
        var reader = ProtobufReader(range)
        do throws(ProtocolError) {
            while let field = try reader.nextField(ModelInferMessage.Input.self, in: body) {
                guard field.name == .shape else { continue }
                switch field.content {
                case .number(let bits): dimensions.append("\(Int64(bitPattern: bits))")
                case .bytes(let run):
                    var numbers = ProtobufReader(run)
                    while let bits = try numbers.nextNumber(ModelInferMessage.Input.shape, in: body) {
                        dimensions.append("\(Int64(bitPattern: bits))")
                    }
                }
            }
        } catch {
            preconditionFailure("the tensor was read before")
        }
        return "[\(dimensions.joined(separator: ","))]"
    }

    /// Collects the names of the inputs, as many as a refusal lists, and counts the inputs.
    func messageInputNames(_ body: Span<UInt8>, _ names: inout [String]) throws(ProtocolError) -> Int {
        var count = 0
        var reader = ProtobufReader(message)
        while let field = try reader.nextField(ModelInferMessage.Request.self, in: body) {
            guard field.name == .inputs else { continue }
            count += 1
            guard names.count < OpenInferenceProtocolLimits.namesInMessage else { continue }
            var name = 0..<0
            var input = ProtobufReader(field.content.range)
            while let part = try input.nextField(ModelInferMessage.Input.self, in: body) {
                if part.name == .name { name = part.content.range }
            }
            names.append(body.text(name))
        }
        return count
    }
}
