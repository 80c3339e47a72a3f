/// The tables of all requests but those for inference.
///
/// - Source: grpc_service.proto, grpc/health/v1/health.proto, grpc/reflection/v1/reflection.proto.
enum ControlMessage {
    /// Requests that name a model: ModelReadyRequest, ModelMetadataRequest, ModelConfigRequest and
    /// ModelStatisticsRequest have the same fields.
    enum Model: UInt32, ProtobufFields {
        case name = 1
        case version = 2

        static var message: StaticString { "ModelMetadataRequest" }

        var kind: ProtobufKind { .string }
    }

    enum Index: UInt32, ProtobufFields {
        case repositoryName = 1
        case ready = 2

        static var message: StaticString { "RepositoryIndexRequest" }

        var kind: ProtobufKind { self == .ready ? .bool : .string }
    }

    /// RepositoryModelLoadRequest and RepositoryModelUnloadRequest have the same fields.
    enum Control: UInt32, ProtobufFields {
        case repositoryName = 1
        case modelName = 2
        case parameters = 3

        static var message: StaticString { "RepositoryModelLoadRequest" }

        var kind: ProtobufKind { self == .parameters ? .message : .string }
    }

    /// An entry of a map from text to messages.
    enum Entry: UInt32, ProtobufFields {
        case key = 1
        case value = 2

        static var message: StaticString { "ParametersEntry" }

        var kind: ProtobufKind { self == .key ? .string : .message }
    }

    enum ControlParameter: UInt32, ProtobufFields {
        case boolParam = 1
        case int64Param = 2
        case stringParam = 3
        case bytesParam = 4

        static var message: StaticString { "ModelRepositoryParameter" }

        var kind: ProtobufKind {
            switch self {
            case .boolParam: .bool
            case .int64Param: .int64
            case .stringParam: .string
            case .bytesParam: .bytes
            }
        }
    }

    /// Requests that name a region or nothing: the status and unregister requests of both kinds of memory.
    enum Region: UInt32, ProtobufFields {
        case name = 1

        static var message: StaticString { "SystemSharedMemoryStatusRequest" }

        var kind: ProtobufKind { .string }
    }

    enum SystemRegistration: UInt32, ProtobufFields {
        case name = 1
        case key = 2
        case offset = 3
        case byteSize = 4

        static var message: StaticString { "SystemSharedMemoryRegisterRequest" }

        var kind: ProtobufKind { self == .name || self == .key ? .string : .uint64 }
    }

    enum TraceSetting: UInt32, ProtobufFields {
        case settings = 1
        case modelName = 2

        static var message: StaticString { "TraceSettingRequest" }

        var kind: ProtobufKind { self == .settings ? .message : .string }
    }

    enum TraceValue: UInt32, ProtobufFields {
        case value = 1

        static var message: StaticString { "TraceSettingRequest.SettingValue" }

        var kind: ProtobufKind { .string }
    }

    enum LogSettings: UInt32, ProtobufFields {
        case settings = 1

        static var message: StaticString { "LogSettingsRequest" }

        var kind: ProtobufKind { .message }
    }

    enum LogValue: UInt32, ProtobufFields {
        case boolParam = 1
        case uint32Param = 2
        case stringParam = 3

        static var message: StaticString { "LogSettingsRequest.SettingValue" }

        var kind: ProtobufKind {
            switch self {
            case .boolParam: .bool
            case .uint32Param: .uint32
            case .stringParam: .string
            }
        }
    }

    enum Health: UInt32, ProtobufFields {
        case service = 1

        static var message: StaticString { "HealthCheckRequest" }

        var kind: ProtobufKind { .string }
    }

    enum Reflection: UInt32, ProtobufFields {
        case host = 1
        case fileByFilename = 3
        case fileContainingSymbol = 4
        case fileContainingExtension = 5
        case allExtensionNumbersOfType = 6
        case listServices = 7

        static var message: StaticString { "ServerReflectionRequest" }

        var kind: ProtobufKind { self == .fileContainingExtension ? .message : .string }
    }
}
