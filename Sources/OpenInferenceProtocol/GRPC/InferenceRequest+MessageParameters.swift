import JSONSyntax
import LinuxSystem

/// Parameters of a request that came as a message; of two with one name the last one counts, as in every map.
extension InferenceRequest {
    /// Takes a parameter of the request.
    ///
    /// Those of sequences are checked and have no effect, as in JSON.
    mutating func readParameter(_ parameter: MessageParameter, _ body: Span<UInt8>) throws(ProtocolError) {
        if parameter.isNamed("priority", in: body) {
            priority = try parameter.count("priority")
        } else if parameter.isNamed("timeout", in: body) {
            timeoutMicroseconds = try parameter.count("timeout")
        } else if parameter.isNamed("binary_data_output", in: body) {
            // All outputs of a message are bytes anyway.
            _ = try parameter.flag("binary_data_output")
        } else if parameter.hasPrefix("sequence_", in: body), try isOfSequence(parameter, body) {
            return
        } else if parameter.hasPrefix("triton_", in: body) {
            guard parameter.isNamed("triton_enable_empty_final_response", in: body) else { throw .reservedParameter }
            wantsFinalResponse = try parameter.flag("triton_enable_empty_final_response")
        } else {
            try keepParameter(parameter, body)
        }
    }

    private func isOfSequence(_ parameter: MessageParameter, _ body: Span<UInt8>) throws(ProtocolError) -> Bool {
        if parameter.isNamed("sequence_start", in: body) {
            _ = try parameter.flag("sequence_start")
        } else if parameter.isNamed("sequence_end", in: body) {
            _ = try parameter.flag("sequence_end")
        } else if parameter.isNamed("sequence_id", in: body) {
            switch parameter.value {
            case .integer, .unsigned, .text: break
            default: throw .parameterKind("sequence_id", "int64_param or string_param")
            }
        } else {
            return false
        }
        return true
    }

    private mutating func keepParameter(
        _ parameter: MessageParameter, _ body: Span<UInt8>
    ) throws(ProtocolError) {
        let kind: RequestParameter.Kind
        var value = parameter.valueRange
        switch parameter.value {
        case .text(let range): (kind, value) = (.string, range)
        case .integer, .double: kind = .number
        case .flag: kind = .boolean
        case .absent, .unsigned:
            throw .parameterKind(body.text(parameter.key), "int64_param, bool_param, double_param or string_param")
        }
        let key = JSONStringRange(range: parameter.key, hasEscapes: false)
        let kept = RequestParameter(key: key, kind: kind, value: value, hasEscapes: false)
        let former = parameters.firstIndex { $0.key.range.count == key.range.count && isSame($0.key, key, body) }
        if let former {
            parameters[former] = kept
            return
        }
        guard parameters.count < OpenInferenceProtocolLimits.parameterCount else { throw .tooManyParameters }
        parameters.append(kept)
    }

    private func isSame(_ one: JSONStringRange, _ other: JSONStringRange, _ body: Span<UInt8>) -> Bool {
        one.range.indices.allSatisfy {
            body[$0] == body[other.range.lowerBound + $0 - one.range.lowerBound]
        }
    }
}
