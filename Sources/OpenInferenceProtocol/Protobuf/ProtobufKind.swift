/// The type of a field of a protobuf message, as its definition names it.
///
/// - Source: protobuf documentation, *Encoding*.
enum ProtobufKind: Equatable, Sendable {
    case bool
    case int32
    case int64
    case uint32
    case uint64
    case float
    case double
    case string
    case bytes
    case message
    case enumeration

    /// How one value stands on the wire.
    var wireType: ProtobufWireType {
        switch self {
        case .bool, .int32, .int64, .uint32, .uint64, .enumeration: .varint
        case .float: .fixed32
        case .double: .fixed64
        case .string, .bytes, .message: .bytes
        }
    }
}

/// How a value stands on the wire; raw values are the lowest three bits of a tag.
enum ProtobufWireType: UInt8, Sendable {
    case varint = 0
    case fixed64 = 1
    case bytes = 2
    case fixed32 = 5
}
