import JSONSyntax
import LinuxSystem

// What is wrong with a request, in words. Where Triton has a text for the case, it is Triton's, so that clients that
// look into it still find what they look for; `label` is the beginning of the texts of Triton's core.
extension ProtocolError {
    /// As many requests wait for the model as may wait.
    ///
    /// - Parameter id: the request's identity as a JSON string with its quotation marks; empty if there is none.
    package static func queueIsFull(id: Span<UInt8>) -> ProtocolError {
        ProtocolError(.unavailable, "\(label(ofID: id))Exceeds maximum queue size")
    }

    /// A request has waited for longer than its model, or itself, allows.
    package static var queueTimeExpired: ProtocolError { ProtocolError(.unavailable, "Request timeout expired") }

    /// How Triton begins the texts of its core: with the request's identity.
    ///
    /// - Parameter id: empty if there is none.
    /// - Parameter isJSON: whether it is a JSON string with its quotation marks.
    static func label(ofID id: Span<UInt8>, isJSON: Bool = true) -> String {
        guard !id.isEmpty else { return "[request id: <id_unknown>] " }
        guard isJSON else { return "[request id: \(id.text(id.indices))] " }
        let string = JSONStringRange(range: 1..<(id.count - 1), hasEscapes: true)
        return "[request id: \(JSONString.decode(string, in: id))] "
    }

    static func syntax(_ fault: JSONFault) -> ProtocolError {
        ProtocolError(.invalidArgument, "failed to parse the request JSON buffer: \(fault.message)")
    }

    static func wrongKind(_ what: StaticString, _ expected: StaticString) -> ProtocolError {
        ProtocolError(.invalidArgument, "failed to parse the request JSON: \(what) must be \(expected)")
    }

    static func missingMember(_ name: StaticString) -> ProtocolError {
        ProtocolError(
            .invalidArgument, "Unable to parse '\(name)': attempt to access JSON non-existing member '\(name)'")
    }

    static func repeatedMember(_ name: StaticString) -> ProtocolError {
        ProtocolError(.invalidArgument, "Unable to parse '\(name)': the member occurs twice in one object")
    }

    static func badMember(_ name: StaticString, _ fault: JSONFault) -> ProtocolError {
        ProtocolError(.invalidArgument, "Unable to parse '\(name)': \(fault.message)")
    }

    static func headerLength(_ length: Int, bodyLength: Int) -> ProtocolError {
        ProtocolError(.invalidArgument, "inference header size should be in range (0, \(bodyLength)), got: \(length)")
    }

    static func surplusBytes(_ model: String) -> ProtocolError {
        ProtocolError(.invalidArgument, "unexpected additional input data for model '\(model)'")
    }

    static func missingBytes(_ input: String, _ count: Int, _ model: String) -> ProtocolError {
        ProtocolError(
            .invalidArgument,
            "unexpected size for input '\(input)', expecting \(count) additional bytes for model '\(model)'")
    }

    static func dataSources(data: Bool, binary: Bool, region: Bool) -> ProtocolError {
        let given = [(data, "'data'"), (binary, "'binary_data_size'"), (region, "'shared_memory_region'")]
            .filter(\.0).map(\.1)
        let found = given.isEmpty ? " no field is set" : " set " + given.joined(separator: " ")
        return ProtocolError(
            .invalidArgument,
            "Input must set only one of the following fields: 'data', 'binary_data_size' in 'parameters', "
                + "'shared_memory_region' in 'parameters'. But" + found)
    }

    static var reservedParameter: ProtocolError {
        ProtocolError(
            .invalidArgument,
            "parameter keys starting with 'triton_' are reserved for Triton usage and should not be specified.")
    }

    static func parameterKind(_ name: String) -> ProtocolError {
        ProtocolError(
            .invalidArgument,
            "parameter '\(name)' has invalid type. It should be either 'int', 'bool', or 'string'.")
    }

    static var tooManyParameters: ProtocolError {
        ProtocolError(
            .invalidArgument, "more than \(OpenInferenceProtocolLimits.parameterCount) parameters in one request")
    }

    static var tooManyInputs: ProtocolError {
        ProtocolError(.invalidArgument, "more than \(OpenInferenceProtocolLimits.inputCount) inputs in one request")
    }

    static var tooManyDimensions: ProtocolError {
        ProtocolError(
            .invalidArgument,
            "Unable to parse 'shape': more than \(OpenInferenceProtocolLimits.dimensionCount) dimensions")
    }

    static func longID(_ length: Int) -> ProtocolError {
        ProtocolError(
            .invalidArgument,
            "Unable to parse 'id': \(length) bytes long, "
                + "at most \(OpenInferenceProtocolLimits.idByteCount) are accepted"
        )
    }

    static func badDimension(_ input: String, _ given: String) -> ProtocolError {
        ProtocolError(
            .invalidArgument,
            "Unable to parse 'shape': each dimension of input '\(input)' must be an integer from 0 to \(Int64.max), "
                + "got \(given)")
    }

    static func shapeOverflow(_ input: String, _ shape: String) -> ProtocolError {
        ProtocolError(
            .invalidArgument,
            "invalid shape for input '\(input)': shape \(shape) causes total element count to exceed maximum size of "
                + "\(Int64.max)")
    }

    static func inputCount(
        _ label: String, _ model: String, expected: Int, given: Int, _ names: [String], missing: [String]
    ) -> ProtocolError {
        func list(_ names: [String]) -> String { "[" + names.map { "'\($0)'" }.joined(separator: ",") + "]" }
        return ProtocolError(
            .invalidArgument,
            "\(label)expected \(expected) inputs but got \(given) inputs for model '\(model)'. Got input(s) "
                + "\(list(names)), but missing required input(s) \(list(missing)). Please provide all required "
                + "input(s).")
    }

    static func rawInputs(_ model: String, _ count: Int) -> ProtocolError {
        ProtocolError(
            .invalidArgument,
            "Raw request must only have 1 input (found \(count)) to be deduced but got \(count) inputs in '\(model)' "
                + "model configuration")
    }

    static func unexpectedInput(_ label: String, _ input: String, _ model: String) -> ProtocolError {
        ProtocolError(.invalidArgument, "\(label)unexpected inference input '\(input)' for model '\(model)'")
    }

    static func unexpectedOutput(_ output: String, _ model: String) -> ProtocolError {
        ProtocolError(.invalidArgument, "unexpected inference output '\(output)' for model '\(model)'")
    }

    static func repeatedInput(_ label: String, _ input: String) -> ProtocolError {
        ProtocolError(.invalidArgument, "\(label)input '\(input)' already exists in request")
    }

    static func repeatedOutput(_ label: String, _ output: String) -> ProtocolError {
        ProtocolError(.invalidArgument, "\(label)output '\(output)' already exists in request")
    }

    static func noShape(_ label: String, _ input: String, _ model: String) -> ProtocolError {
        ProtocolError(
            .invalidArgument,
            "\(label)input '\(input)' has no shape but model requires batch dimension for '\(model)'")
    }

    static func batchMismatch(_ label: String, _ input: String, _ model: String) -> ProtocolError {
        ProtocolError(
            .invalidArgument, "\(label)input '\(input)' batch size does not match other inputs for '\(model)'")
    }

    static func batchSize(_ label: String, _ limit: Int, _ model: String, given: Int) -> ProtocolError {
        ProtocolError(
            .invalidArgument,
            "\(label)inference request batch-size must be <= \(limit) for '\(model)', got \(given)")
    }

    static func tooManyRows(_ label: String, _ rows: Int, _ model: String) -> ProtocolError {
        ProtocolError(
            .invalidArgument,
            "\(label)\(rows) rows for model '\(model)': a request holds at most "
                + "\(OpenInferenceProtocolLimits.rowCount) rows and "
                + "\(OpenInferenceProtocolLimits.elementCount) features"
        )
    }

    static func tooManyOutputElements(_ rows: Int, elementsPerRow: Int, _ model: String) -> ProtocolError {
        let limit = OpenInferenceProtocolLimits.outputElementCount
        return ProtocolError(
            .invalidArgument,
            "the outputs asked of model '\(model)' have \(elementsPerRow) elements per row, for \(rows) rows; a "
                + "request gets at most \(limit): send fewer rows, or list fewer outputs")
    }

    static func datatype(
        _ label: String, _ input: String, _ given: String, _ model: String, expected: String
    ) -> ProtocolError {
        ProtocolError(
            .invalidArgument,
            "\(label)inference input '\(input)' data-type is '\(given)', but model '\(model)' expects \(expected)")
    }

    static func shape(
        _ label: String, _ input: String, _ model: String, expected: String, given: String, isBatched: Bool
    ) -> ProtocolError {
        let note =
            "NOTE: Setting a non-zero max_batch_size in the model config requires a batch dimension to be prepended to "
            + "each input shape. If you want to specify the full shape including the batch dim in your input dims "
            + "config, try setting max_batch_size to zero. See the model configuration docs for more info on "
            + "max_batch_size."
        return ProtocolError(
            .invalidArgument,
            "\(label)unexpected shape for input '\(input)' for model '\(model)'. Expected \(expected), got \(given). "
                + (isBatched ? note : ""))
    }

    static func byteSize(
        _ label: String, _ input: String, _ model: String, expected: Int, given: Int
    ) -> ProtocolError {
        ProtocolError(
            .invalidArgument,
            "\(label)input byte size mismatch for input '\(input)' for model '\(model)'. Expected \(expected), got "
                + "\(given)")
    }

    static func missingFeatures(_ label: String, _ names: [String], given: Int, _ model: String) -> ProtocolError {
        let shown = names.prefix(OpenInferenceProtocolLimits.namesInMessage).map { "'\($0)'" }.joined(separator: ",")
        return ProtocolError(
            .invalidArgument,
            "\(label)got \(given) inputs for model '\(model)', but missing required input(s) [\(shown)], which have no "
                + "default. Please provide all required input(s).")
    }

    static func data(
        _ fault: TensorData.Fault, input: String, _ datatype: Datatype, expected: Int
    ) -> ProtocolError {
        switch fault {
        case .syntax(let fault): return .syntax(fault)
        case .unsuitable(let offset):
            return ProtocolError(
                .invalidArgument,
                "Unable to parse 'data': input '\(input)' of datatype \(datatype.name) cannot hold the value at byte "
                    + "\(offset)")
        case .outOfRange(let fault):
            return ProtocolError(
                .invalidArgument,
                "Unable to parse 'data': input '\(input)' of datatype \(datatype.name): \(fault.message)")
        case .notAnArray: return .wrongKind("'data'", "an array")
        case .wrongCount(let given):
            return ProtocolError(
                .invalidArgument,
                "Unable to parse 'data': Shape does not match true shape of 'data' field: input '\(input)' expected "
                    + "\(expected) elements, got \(given)")
        case .beyondDatatype(let index):
            return ProtocolError(
                .invalidArgument,
                "input '\(input)' of datatype \(datatype.name) cannot hold the value of element \(index)")
        case .badBoolean(let byte):
            return ProtocolError(
                .invalidArgument, "input '\(input)' of datatype BOOL holds the byte \(byte), expected 0 or 1")
        }
    }
}
