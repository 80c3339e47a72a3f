/// The tables of a request for inference as a message.
///
/// - Source: the file grpc_service.proto.
enum ModelInferMessage {
    enum Request: UInt32, ProtobufFields {
        case modelName = 1
        case modelVersion = 2
        case id = 3
        case parameters = 4
        case inputs = 5
        case outputs = 6
        case rawInputContents = 7

        static var message: StaticString { "ModelInferRequest" }

        var kind: ProtobufKind {
            switch self {
            case .modelName, .modelVersion, .id: .string
            case .parameters, .inputs, .outputs: .message
            case .rawInputContents: .bytes
            }
        }
    }

    enum Input: UInt32, ProtobufFields {
        case name = 1
        case datatype = 2
        case shape = 3
        case parameters = 4
        case contents = 5

        static var message: StaticString { "ModelInferRequest.InferInputTensor" }

        var kind: ProtobufKind {
            switch self {
            case .name, .datatype: .string
            case .shape: .int64
            case .parameters, .contents: .message
            }
        }

        var isRepeated: Bool { self == .shape }
    }

    enum Output: UInt32, ProtobufFields {
        case name = 1
        case parameters = 2

        static var message: StaticString { "ModelInferRequest.InferRequestedOutputTensor" }

        var kind: ProtobufKind { self == .name ? .string : .message }
    }

    /// Elements of a tensor by their type.
    enum Contents: UInt32, ProtobufFields {
        case boolContents = 1
        case intContents = 2
        case int64Contents = 3
        case uintContents = 4
        case uint64Contents = 5
        case fp32Contents = 6
        case fp64Contents = 7
        case bytesContents = 8

        static var message: StaticString { "InferTensorContents" }

        var kind: ProtobufKind {
            switch self {
            case .boolContents: .bool
            case .intContents: .int32
            case .int64Contents: .int64
            case .uintContents: .uint32
            case .uint64Contents: .uint64
            case .fp32Contents: .float
            case .fp64Contents: .double
            case .bytesContents: .bytes
            }
        }

        var isRepeated: Bool { true }

        /// The field in which elements of a datatype come; nil where they come only as bytes.
        init?(for datatype: Datatype) {
            switch datatype {
            case .bool: self = .boolContents
            case .int8, .int16, .int32: self = .intContents
            case .int64: self = .int64Contents
            case .uint8, .uint16, .uint32: self = .uintContents
            case .uint64: self = .uint64Contents
            case .float32: self = .fp32Contents
            case .float64: self = .fp64Contents
            case .bytes: self = .bytesContents
            case .float16, .bfloat16: return nil
            }
        }

        /// The datatype that Triton's refusals call the field's elements.
        var datatype: Datatype {
            switch self {
            case .boolContents: .bool
            case .intContents: .int32
            case .int64Contents: .int64
            case .uintContents: .uint32
            case .uint64Contents: .uint64
            case .fp32Contents: .float32
            case .fp64Contents: .float64
            case .bytesContents: .bytes
            }
        }
    }

    /// An entry of a map of parameters.
    enum ParameterEntry: UInt32, ProtobufFields {
        case key = 1
        case value = 2

        static var message: StaticString { "ParametersEntry" }

        var kind: ProtobufKind { self == .key ? .string : .message }
    }

    enum Parameter: UInt32, ProtobufFields {
        case boolParam = 1
        case int64Param = 2
        case stringParam = 3
        case doubleParam = 4
        case uint64Param = 5

        static var message: StaticString { "InferParameter" }

        var kind: ProtobufKind {
            switch self {
            case .boolParam: .bool
            case .int64Param: .int64
            case .stringParam: .string
            case .doubleParam: .double
            case .uint64Param: .uint64
            }
        }
    }
}
