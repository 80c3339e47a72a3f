/// The element types of tensors.
///
/// - Layout: raw values are the numbers of the model configuration's enumeration.
/// - Source: Open Inference Protocol, "Tensor Data Types"; the numbers: Triton's model_config.proto, `DataType`.
package enum Datatype: UInt8, CaseIterable, Sendable {
    case bool = 1
    case uint8 = 2
    case uint16 = 3
    case uint32 = 4
    case uint64 = 5
    case int8 = 6
    case int16 = 7
    case int32 = 8
    case int64 = 9
    case float16 = 10
    case float32 = 11
    case float64 = 12
    case bytes = 13
    case bfloat16 = 14

    /// The name on the wire, such as FP32.
    package var name: StaticString {
        switch self {
        case .bool: "BOOL"
        case .uint8: "UINT8"
        case .uint16: "UINT16"
        case .uint32: "UINT32"
        case .uint64: "UINT64"
        case .int8: "INT8"
        case .int16: "INT16"
        case .int32: "INT32"
        case .int64: "INT64"
        case .float16: "FP16"
        case .float32: "FP32"
        case .float64: "FP64"
        case .bytes: "BYTES"
        case .bfloat16: "BF16"
        }
    }

    /// Bytes of one element in binary form, 0 for BYTES, whose elements differ in size.
    package var byteCount: Int {
        switch self {
        case .bool, .uint8, .int8: 1
        case .uint16, .int16, .float16, .bfloat16: 2
        case .uint32, .int32, .float32: 4
        case .uint64, .int64, .float64: 8
        case .bytes: 0
        }
    }

    /// Whether NaN, the sign of "no value here", is among the type's values.
    package var isFloatingPoint: Bool {
        switch self {
        case .float16, .float32, .float64, .bfloat16: true
        default: false
        }
    }

    /// Recognises a name on the wire; nil for any other text.
    package init?(name: Span<UInt8>) {
        // No name has more than six letters, so that they fit an integer.
        guard name.count >= 4 && name.count <= 6 else { return nil }
        var letters: UInt64 = 0
        for index in name.indices { letters = letters &<< 8 | UInt64(name[index]) }
        switch letters {
        case 0x424f_4f4c: self = .bool
        case 0x55_494e_5438: self = .uint8
        case 0x5549_4e54_3136: self = .uint16
        case 0x5549_4e54_3332: self = .uint32
        case 0x5549_4e54_3634: self = .uint64
        case 0x494e_5438: self = .int8
        case 0x49_4e54_3136: self = .int16
        case 0x49_4e54_3332: self = .int32
        case 0x49_4e54_3634: self = .int64
        case 0x4650_3136: self = .float16
        case 0x4650_3332: self = .float32
        case 0x4650_3634: self = .float64
        case 0x42_5954_4553: self = .bytes
        case 0x4246_3136: self = .bfloat16
        default: return nil
        }
    }
}
