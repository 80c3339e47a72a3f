/// The tables of descriptors, as far as they are read.
///
/// - Source: protobuf's descriptor.proto.
enum DescriptorFields {
    enum File: UInt32, ProtobufFields {
        case name = 1
        case package = 2
        case dependency = 3
        case messageType = 4
        case enumType = 5
        case service = 6

        static var message: StaticString { "FileDescriptorProto" }

        var kind: ProtobufKind {
            switch self {
            case .name, .package, .dependency: .string
            case .messageType, .enumType, .service: .message
            }
        }
    }

    enum Message: UInt32, ProtobufFields {
        case name = 1
        case field = 2
        case nestedType = 3
        case enumType = 4
        case options = 7

        static var message: StaticString { "DescriptorProto" }

        var kind: ProtobufKind { self == .name ? .string : .message }
    }

    enum MessageOptions: UInt32, ProtobufFields {
        case mapEntry = 7

        static var message: StaticString { "MessageOptions" }

        var kind: ProtobufKind { .bool }
    }

    enum Field: UInt32, ProtobufFields {
        case name = 1
        case number = 3
        case label = 4
        case type = 5
        case typeName = 6
        case oneofIndex = 9

        static var message: StaticString { "FieldDescriptorProto" }

        var kind: ProtobufKind {
            switch self {
            case .name, .typeName: .string
            case .number, .oneofIndex: .int32
            case .label, .type: .enumeration
            }
        }
    }

    /// A value of an enumeration has the same fields under other names.
    enum Enumeration: UInt32, ProtobufFields {
        case name = 1
        case value = 2

        static var message: StaticString { "EnumDescriptorProto" }

        var kind: ProtobufKind { self == .name ? .string : .message }
    }

    enum EnumerationValue: UInt32, ProtobufFields {
        case name = 1
        case number = 2

        static var message: StaticString { "EnumValueDescriptorProto" }

        var kind: ProtobufKind { self == .name ? .string : .int32 }
    }

    enum Service: UInt32, ProtobufFields {
        case name = 1
        case method = 2

        static var message: StaticString { "ServiceDescriptorProto" }

        var kind: ProtobufKind { self == .name ? .string : .message }
    }

    enum Method: UInt32, ProtobufFields {
        case name = 1

        static var message: StaticString { "MethodDescriptorProto" }

        var kind: ProtobufKind { .string }
    }
}
