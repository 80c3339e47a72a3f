import LinuxSystem

/// Writes fields of protobuf messages.
///
/// - Source: protobuf.dev, "Encoding": varint, 64-bit, 32-bit and length-delimited fields.
struct ProtobufWriter: ~Copyable {
    /// What has been written.
    private(set) var bytes = ByteBuffer()

    /// Appends an integer of a varint field; zero is the default and left out.
    mutating func integer(_ value: UInt64, field: Int) {
        if value != 0 { presentInteger(value, field: field) }
    }

    /// Appends an integer of a field that says by its presence which kind of value there is.
    mutating func presentInteger(_ value: UInt64, field: Int) {
        tag(field, wireType: 0)
        varint(value)
    }

    /// Appends a field of eight bytes.
    mutating func fixed64(_ value: UInt64, field: Int) {
        tag(field, wireType: 1)
        for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    /// Appends a field of four bytes.
    mutating func fixed32(_ value: UInt32, field: Int) {
        tag(field, wireType: 5)
        for shift in stride(from: UInt32(0), to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    /// Appends a text; an empty one is the default and left out.
    mutating func text(_ text: String, field: Int) {
        if !text.isEmpty { presentText(text, field: field) }
    }

    /// Appends a text of a field that says by its presence which kind of value there is.
    mutating func presentText(_ text: String, field: Int) {
        tag(field, wireType: 2)
        varint(UInt64(text.utf8.count))
        bytes.append(text)
    }

    /// Appends numbers as the bytes of one field, most significant first.
    mutating func bigEndian(_ numbers: [UInt64], field: Int) {
        tag(field, wireType: 2)
        varint(UInt64(numbers.count * 8))
        for number in numbers {
            for shift in stride(from: UInt64(64), to: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: number >> (shift - 8)))
            }
        }
    }

    /// Appends a message within the message, also an empty one.
    mutating func message(field: Int, _ write: (inout ProtobufWriter) -> Void) {
        var inner = ProtobufWriter()
        write(&inner)
        tag(field, wireType: 2)
        varint(UInt64(inner.bytes.count))
        bytes.append(inner.bytes.bytes)
    }

    private mutating func tag(_ field: Int, wireType: UInt64) { varint(UInt64(field) << 3 | wireType) }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }
}
