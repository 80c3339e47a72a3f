import JSONSyntax
import LinuxSystem

/// One parameter of a message: an entry of a map from names to InferParameter.
struct MessageParameter {
    /// The value, by the field of the choice that was set last.
    enum Value: Equatable {
        case absent
        case flag(Bool)
        case integer(Int64)
        case unsigned(UInt64)
        case double(bitPattern: UInt64)
        case text(Range<Int>)
    }

    private(set) var key = 0..<0
    private(set) var value = Value.absent
    /// Where the message with the value stands.
    private(set) var valueRange = 0..<0

    /// Reads an entry.
    init(_ entry: Range<Int>, in bytes: Span<UInt8>) throws(ProtobufFault) {
        var reader = ProtobufReader(entry)
        while let field = try reader.next(ModelInferMessage.ParameterEntry.self, in: bytes) {
            switch field.name {
            case .key: key = field.content.range
            case .value:
                valueRange = field.content.range
                try readValue(bytes)
            }
        }
    }

    /// The same, with what the sender of a request is told where it fails.
    init(reading entry: Range<Int>, in bytes: Span<UInt8>) throws(ProtocolError) {
        do throws(ProtobufFault) {
            self = try MessageParameter(entry, in: bytes)
        } catch {
            throw ProtocolError(error)
        }
    }

    private mutating func readValue(_ bytes: Span<UInt8>) throws(ProtobufFault) {
        var reader = ProtobufReader(valueRange)
        // What comes twice is merged in protobuf; of a choice that leaves what was set last.
        while let field = try reader.next(ModelInferMessage.Parameter.self, in: bytes) {
            switch field.name {
            case .boolParam: value = .flag(field.content.bits != 0)
            case .int64Param: value = .integer(Int64(bitPattern: field.content.bits))
            case .stringParam: value = .text(field.content.range)
            case .doubleParam: value = .double(bitPattern: field.content.bits)
            case .uint64Param: value = .unsigned(field.content.bits)
            }
        }
    }

    func isNamed(_ name: StaticString, in bytes: Span<UInt8>) -> Bool { bytes.matches(key, name) }

    func hasPrefix(_ prefix: StaticString, in bytes: Span<UInt8>) -> Bool {
        let count = prefix.utf8CodeUnitCount
        return key.count >= count && bytes.matches(key.lowerBound..<key.lowerBound + count, prefix)
    }

    /// The value of a parameter that counts something.
    ///
    /// - Parameter name: the parameter's, for the refusal.
    func count(_ name: StaticString) throws(ProtocolError) -> UInt64 {
        switch value {
        case .integer(let value) where value >= 0: return UInt64(value)
        case .unsigned(let value): return value
        case .integer(let value): throw .negativeParameter(name, value)
        default: throw .parameterKind("\(name)", "int64_param or uint64_param")
        }
    }

    func flag(_ name: StaticString) throws(ProtocolError) -> Bool {
        guard case .flag(let value) = value else { throw .parameterKind("\(name)", "bool_param") }
        return value
    }

    func text(_ name: StaticString) throws(ProtocolError) -> Range<Int> {
        guard case .text(let range) = value else { throw .parameterKind("\(name)", "string_param") }
        return range
    }
}
