/// Reads the fields of one protobuf message, in whatever order they stand.
///
/// - Layout: a field is a varint of number and wire type, then a varint, 4 or 8 little-endian bytes, or a varint of a
///   length and as many bytes.
/// - Source: protobuf.dev, "Encoding". Groups, which no schema of this module has, are refused.
struct ProtobufCursor {
    /// One field; bytes are a range of the file.
    struct Field {
        enum Value {
            case varint(UInt64)
            case fixed64(UInt64)
            case fixed32(UInt32)
            case bytes(Range<Int>)
        }

        var number: Int
        var value: Value
        /// Where the field begins in the file.
        var position: Int
    }

    private(set) var offset: Int
    private let end: Int

    /// A cursor over a message that fills a range of the file.
    init(_ range: Range<Int>) {
        offset = range.lowerBound
        end = range.upperBound
    }

    /// The next field, or nil at the message's end.
    mutating func next(in bytes: Span<UInt8>) throws(TreeEnsembleFault) -> Field? {
        guard offset < end else { return nil }
        let position = offset
        let tag = try varint(in: bytes)
        guard let number = Int(exactly: tag >> 3), number > 0, number < 1 << 29 else {
            throw TreeEnsembleFault(.malformed("an impossible field number"), at: position)
        }
        let value: Field.Value
        switch tag & 7 {
        case 0: value = .varint(try varint(in: bytes))
        case 1: value = .fixed64(try fixed(byteCount: 8, in: bytes))
        case 2:
            let count = try varint(in: bytes)
            guard count <= UInt64(end - offset) else { throw TreeEnsembleFault(.truncated, at: offset) }
            value = .bytes(offset..<offset + Int(count))
            offset += Int(count)
        case 5: value = .fixed32(UInt32(truncatingIfNeeded: try fixed(byteCount: 4, in: bytes)))
        default: throw TreeEnsembleFault(.malformed("wire type \(tag & 7) of protobuf"), at: position)
        }
        return Field(number: number, value: value, position: position)
    }

    /// A varint that stands by itself, as in packed fields, or nil at the end.
    mutating func nextVarint(in bytes: Span<UInt8>) throws(TreeEnsembleFault) -> UInt64? {
        offset < end ? try varint(in: bytes) : nil
    }

    /// A float32 that stands by itself, as in packed fields, or nil at the end.
    mutating func nextFloat(in bytes: Span<UInt8>) throws(TreeEnsembleFault) -> Float? {
        guard offset < end else { return nil }
        return Float(bitPattern: UInt32(truncatingIfNeeded: try fixed(byteCount: 4, in: bytes)))
    }

    private mutating func varint(in bytes: Span<UInt8>) throws(TreeEnsembleFault) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard offset < end else { throw TreeEnsembleFault(.truncated, at: offset) }
            let byte = bytes[offset]
            offset += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
        }
        throw TreeEnsembleFault(.malformed("a varint of more than ten bytes"), at: offset)
    }

    private mutating func fixed(byteCount: Int, in bytes: Span<UInt8>) throws(TreeEnsembleFault) -> UInt64 {
        guard byteCount <= end - offset else { throw TreeEnsembleFault(.truncated, at: offset) }
        var value: UInt64 = 0
        for index in (offset..<offset + byteCount).reversed() { value = value << 8 | UInt64(bytes[index]) }
        offset += byteCount
        return value
    }
}
