import JSONSyntax
import LinuxSystem

extension InferenceRequest {
    /// Reads the parameters of the request.
    ///
    /// The sequence parameters are checked and have no effect, as in Triton for a model without sequences.
    mutating func readParameters(_ json: Span<UInt8>) throws(ProtocolError) {
        let first = try next(json)
        if case .null = first { return }
        guard case .beginObject = first else { throw .wrongKind("'parameters'", "an object") }
        while case .key(let key) = try next(json) {
            if JSONString.equals(key, in: json, "binary_data_output") {
                wantsBinary = try readBoolean(json, "'binary_data_output'")
            } else if JSONString.equals(key, in: json, "priority") {
                priority = try readUnsigned(json, "priority")
            } else if JSONString.equals(key, in: json, "timeout") {
                timeoutMicroseconds = try readUnsigned(json, "timeout")
            } else if JSONString.equals(key, in: json, "sequence_start") {
                _ = try readBoolean(json, "'sequence_start'")
            } else if JSONString.equals(key, in: json, "sequence_end") {
                _ = try readBoolean(json, "'sequence_end'")
            } else if JSONString.equals(key, in: json, "sequence_id") {
                try readSequence(json)
            } else if JSONString.hasPrefix(key, in: json, "triton_") {
                throw .reservedParameter
            } else {
                try keepParameter(key, json)
            }
        }
    }

    private mutating func readSequence(_ json: Span<UInt8>) throws(ProtocolError) {
        switch try next(json) {
        case .string: break
        case .number(let range):
            do throws(JSONFault) {
                _ = try JSONNumber.uint64(in: json, range)
            } catch {
                throw .badMember("sequence_id", error)
            }
        default: throw .wrongKind("'sequence_id'", "an integer or a string")
        }
    }

    private mutating func keepParameter(_ key: JSONStringRange, _ json: Span<UInt8>) throws(ProtocolError) {
        guard parameters.count < OpenInferenceProtocolLimits.parameterCount else { throw .tooManyParameters }
        switch try next(json) {
        case .string(let string):
            parameters.append(
                RequestParameter(key: key, kind: .string, value: string.range, hasEscapes: string.hasEscapes))
        case .number(let range):
            parameters.append(RequestParameter(key: key, kind: .number, value: range, hasEscapes: false))
        case .true:
            let range = (cursor.offset - 4)..<cursor.offset
            parameters.append(RequestParameter(key: key, kind: .boolean, value: range, hasEscapes: false))
        case .false:
            let range = (cursor.offset - 5)..<cursor.offset
            parameters.append(RequestParameter(key: key, kind: .boolean, value: range, hasEscapes: false))
        default: throw .parameterKind(text(key, json))
        }
    }
}
