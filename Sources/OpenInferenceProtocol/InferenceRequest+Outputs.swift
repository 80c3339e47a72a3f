import JSONSyntax
import LinuxSystem

extension InferenceRequest {
    /// Reads the array of wanted outputs; an empty one means all.
    ///
    /// An output that is listed comes as JSON unless its own `binary_data` says otherwise; the request's
    /// `binary_data_output` is for outputs that are not listed.
    ///
    /// - Source: Triton `src/http_server.cc`, which differs here from its own documentation.
    mutating func readOutputs(_ json: Span<UInt8>, for model: ModelSignature) throws(ProtocolError) {
        let first = try next(json)
        if case .null = first { return }
        guard case .beginArray = first else { throw .wrongKind("'outputs'", "an array") }
        while true {
            let token = try next(json)
            if case .endArray = token { return }
            guard case .beginObject = token else { throw .wrongKind("an output", "an object") }
            try readOutput(json, for: model)
        }
    }

    /// Refuses rows whose outputs would fill the memory.
    mutating func checkOutputs(for model: ModelSignature) throws(ProtocolError) {
        var elementsPerRow = 0
        var remaining = outputs.requested
        while remaining != 0 {
            elementsPerRow += model.elementsPerRow[remaining.trailingZeroBitCount]
            remaining &= remaining &- 1
        }
        guard rowCount <= OpenInferenceProtocolLimits.outputElementCount / max(elementsPerRow, 1) else {
            throw .tooManyOutputElements(rowCount, elementsPerRow: elementsPerRow, model.name)
        }
        outputElementCount = rowCount * (elementsPerRow + model.innerElementsPerRow)
        if !specialOutputs.isEmpty { try checkSpecialOutputs(for: model) }
    }

    private mutating func readOutput(_ json: Span<UInt8>, for model: ModelSignature) throws(ProtocolError) {
        var name: JSONStringRange?
        var parameters = OutputParameters()
        var hasParameters = false
        while let member = try nextMember(json) {
            switch member {
            case .name:
                guard name == nil else { throw .repeatedMember("name") }
                name = try nextString(json, "'name'")
            case .parameters:
                try Self.notTwice(&hasParameters, "parameters")
                parameters = try readOutputParameters(json)
            default: try skipValue(json)
            }
        }
        guard let name else { throw .missingMember("name") }
        guard let index = model.outputIndex(of: name, in: json) else {
            throw .unexpectedOutput(text(name, json), model.name)
        }
        let bit: UInt64 = 1 &<< UInt64(index)
        guard outputs.requested & bit == 0 else { throw .repeatedOutput(label(json), text(name, json)) }
        outputs.requested |= bit
        if parameters.isBinary { outputs.binary |= bit }
        if parameters.isSpecial { try addSpecialOutput(index, parameters, json, for: model) }
    }

    private mutating func readOutputParameters(_ json: Span<UInt8>) throws(ProtocolError) -> OutputParameters {
        var parameters = OutputParameters()
        let first = try next(json)
        if case .null = first { return parameters }
        guard case .beginObject = first else { throw .wrongKind("'parameters'", "an object") }
        while case .key(let key) = try next(json) {
            if JSONString.equals(key, in: json, "binary_data") {
                parameters.isBinary = try readBoolean(json, "'binary_data'")
            } else if JSONString.equals(key, in: json, "classification") {
                guard parameters.classCount == nil else { throw .repeatedMember("classification") }
                parameters.classCount = try readUnsigned(json, "classification")
            } else if try !parameters.region.read(key, json, with: &self) {
                try skipValue(json)
            }
        }
        return parameters
    }

    mutating func readBoolean(_ json: Span<UInt8>, _ member: StaticString) throws(ProtocolError) -> Bool {
        switch try next(json) {
        case .true: return true
        case .false: return false
        default: throw .wrongKind(member, "a boolean")
        }
    }

    mutating func readUnsigned(_ json: Span<UInt8>, _ member: StaticString) throws(ProtocolError) -> UInt64 {
        guard case .number(let range) = try next(json) else { throw .wrongKind(member, "an integer") }
        do throws(JSONFault) {
            return try JSONNumber.uint64(in: json, range)
        } catch {
            throw .badMember(member, error)
        }
    }
}
