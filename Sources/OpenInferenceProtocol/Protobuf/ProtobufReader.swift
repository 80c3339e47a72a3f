import LinuxSystem

/// Reads the fields of one message, one after another.
///
/// Nothing is copied and nothing allocated: what is found are positions in the bytes. Fields without a row in the
/// message's table are skipped by their length, unread, so that there is no depth to limit; a field of the table with
/// another wire type than its own is refused, where protobuf's own readers take it for an unknown one. Of an integer
/// with more than 64 bits the lowest count, as there.
///
/// - Source: protobuf documentation, *Encoding*.
struct ProtobufReader {
    /// Position of the next field.
    private(set) var offset: Int
    private let end: Int

    /// Reads the message that stands in a range of bytes.
    init(_ message: Range<Int>) {
        offset = message.lowerBound
        end = message.upperBound
    }

    /// Reads the next field that the table has; nil at the message's end.
    ///
    /// - Precondition: `bytes` are the same in all calls and hold the message.
    @inline(__always)
    mutating func next<Fields: ProtobufFields>(
        _ fields: Fields.Type, in bytes: Span<UInt8>
    ) throws(ProtobufFault) -> ProtobufField<Fields>? {
        while offset < end {
            let tag: UInt64
            do throws(ProtobufFault.Cause) {
                tag = try readTag(bytes)
            } catch {
                throw ProtobufFault(message: "\(Fields.message)", field: "", cause: error)
            }
            guard let field = Fields(rawValue: UInt32(tag >> 3)) else {
                try skipUnknown(fields, tag, bytes)
                continue
            }
            do throws(ProtobufFault.Cause) {
                return ProtobufField(
                    name: field, content: try readContent(tag, field.kind, isRepeated: field.isRepeated, bytes))
            } catch {
                throw ProtobufFault(message: "\(Fields.message)", field: field.name, cause: error)
            }
        }
        return nil
    }

    @inline(never)
    private mutating func skipUnknown<Fields: ProtobufFields>(
        _ fields: Fields.Type, _ tag: UInt64, _ bytes: Span<UInt8>
    ) throws(ProtobufFault) {
        do throws(ProtobufFault.Cause) {
            switch UInt8(truncatingIfNeeded: tag & 7) {
            case 3, 4: throw .group
            case let bits:
                guard let type = ProtobufWireType(rawValue: bits) else { throw .badWireType }
                _ = try readContent(type, bytes)
            }
        } catch {
            throw ProtobufFault(message: "\(Fields.message)", field: "\(tag >> 3)", cause: error)
        }
    }

    /// Reads a field's number and wire type.
    @inline(__always)
    private mutating func readTag(_ bytes: Span<UInt8>) throws(ProtobufFault.Cause) -> UInt64 {
        let first = bytes[offset]
        if first < 0x80 && first >= 8 {
            offset &+= 1
            return UInt64(first)
        }
        let start = offset
        let tag = try readVarint(bytes)
        // Five bytes have room for three bits more than a tag.
        guard offset - start <= 5 && tag <= UInt32.max else { throw .longVarint }
        guard tag >> 3 > 0 else { throw .badNumber }
        return tag
    }

    @inline(__always)
    private mutating func readContent(
        _ tag: UInt64, _ kind: ProtobufKind, isRepeated: Bool, _ bytes: Span<UInt8>
    ) throws(ProtobufFault.Cause) -> ProtobufContent {
        guard let type = ProtobufWireType(rawValue: UInt8(truncatingIfNeeded: tag & 7)) else { throw .wrongWireType }
        let own = kind.wireType
        guard type == own || (isRepeated && type == .bytes) else { throw .wrongWireType }
        let content = try readContent(type, bytes)
        guard type == .bytes else { return content }
        switch own {
        case .fixed32: guard content.range.count % 4 == 0 else { throw .unevenRun }
        case .fixed64: guard content.range.count % 8 == 0 else { throw .unevenRun }
        case .bytes: if kind == .string, !Self.isText(bytes.extracting(content.range)) { throw .badText }
        case .varint: break
        }
        return content
    }

    @inline(__always)
    private mutating func readContent(
        _ type: ProtobufWireType, _ bytes: Span<UInt8>
    ) throws(ProtobufFault.Cause) -> ProtobufContent {
        switch type {
        case .varint: return .number(try readVarint(bytes))
        case .fixed32:
            guard end - offset >= 4 else { throw .truncated }
            offset &+= 4
            return .number(UInt64(bytes.littleEndian(UInt32.self, at: offset &- 4)))
        case .fixed64:
            guard end - offset >= 8 else { throw .truncated }
            offset &+= 8
            return .number(bytes.littleEndian(UInt64.self, at: offset &- 8))
        case .bytes:
            let count = try readVarint(bytes)
            guard count <= UInt64(end - offset) else { throw .truncated }
            let start = offset
            offset = start &+ Int(count)
            return .bytes(start..<offset)
        }
    }

    /// Reads the next integer of a run of them; nil at the run's end.
    ///
    /// - Precondition: the reader was made for the run.
    @inline(__always)
    mutating func nextVarint(in bytes: Span<UInt8>) throws(ProtobufFault.Cause) -> UInt64? {
        offset < end ? try readVarint(bytes) : nil
    }

    @inline(__always)
    private mutating func readVarint(_ bytes: Span<UInt8>) throws(ProtobufFault.Cause) -> UInt64 {
        guard offset < end else { throw .truncated }
        let first = bytes[offset]
        if first < 0x80 {
            offset &+= 1
            return UInt64(first)
        }
        return try readLongVarint(bytes)
    }

    private mutating func readLongVarint(_ bytes: Span<UInt8>) throws(ProtobufFault.Cause) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: 0 as UInt64, to: 70, by: 7) {
            guard offset < end else { throw .truncated }
            let byte = bytes[offset]
            offset &+= 1
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
        }
        throw .longVarint
    }

    /// Whether bytes are well-formed UTF-8; nearly all names are ASCII, which is told eight letters at a time.
    private static func isText(_ bytes: Span<UInt8>) -> Bool {
        var position = 0
        while position &+ 8 <= bytes.count {
            if bytes.littleEndian(UInt64.self, at: position) & 0x8080_8080_8080_8080 != 0 { return isUnicode(bytes) }
            position &+= 8
        }
        while position < bytes.count {
            if bytes[position] >= 0x80 { return isUnicode(bytes) }
            position &+= 1
        }
        return true
    }

    @inline(never)
    private static func isUnicode(_ bytes: Span<UInt8>) -> Bool {
        do {
            _ = try UTF8Span(validating: bytes)
            return true
        } catch {
            return false
        }
    }
}

/// The same, with what the sender of a request is told where it fails.
extension ProtobufReader {
    @inline(__always)
    mutating func nextField<Fields: ProtobufFields>(
        _ fields: Fields.Type, in bytes: Span<UInt8>
    ) throws(ProtocolError) -> ProtobufField<Fields>? {
        do throws(ProtobufFault) {
            return try next(fields, in: bytes)
        } catch {
            throw ProtocolError(error)
        }
    }

    /// Reads the next integer of a run that is a field's.
    mutating func nextNumber<Fields: ProtobufFields>(
        _ field: Fields, in bytes: Span<UInt8>
    ) throws(ProtocolError) -> UInt64? {
        do throws(ProtobufFault.Cause) {
            return try nextVarint(in: bytes)
        } catch {
            throw ProtocolError(ProtobufFault(message: "\(Fields.message)", field: field.name, cause: error))
        }
    }
}
