import LinuxSystem

// Writing of messages: the size of what is nested is known before its bytes are written.
extension ByteBuffer {
    /// Bytes that an integer takes.
    @inline(__always)
    static func varintByteCount(_ value: UInt64) -> Int {
        (70 &- (value | 1).leadingZeroBitCount) / 7
    }

    /// Bytes that a field's tag and the length of its content take.
    static func openingByteCount(_ number: UInt32, _ contentByteCount: Int) -> Int {
        varintByteCount(UInt64(number) << 3) + varintByteCount(UInt64(contentByteCount))
    }

    /// Appends an integer, seven bits a byte, the lowest first.
    @inline(__always)
    mutating func appendVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    mutating func appendTag(_ number: UInt32, _ type: ProtobufWireType) {
        appendVarint(UInt64(number) << 3 | UInt64(type.rawValue))
    }

    /// Appends the tag and the length of text, bytes, a message or a run of numbers that follow.
    mutating func appendOpening(_ number: UInt32, _ contentByteCount: Int) {
        appendTag(number, .bytes)
        appendVarint(UInt64(contentByteCount))
    }

    /// Appends a text; an empty one is the default and takes no bytes.
    mutating func appendText(_ number: UInt32, _ text: String) {
        guard !text.isEmpty else { return }
        appendOpening(number, text.utf8.count)
        append(text)
    }

    /// Appends bytes or a message; the empty ones, too.
    mutating func appendContent(_ number: UInt32, _ content: Span<UInt8>) {
        appendOpening(number, content.count)
        append(content)
    }

    /// Appends an integer; 0 is the default and takes no bytes.
    mutating func appendInteger(_ number: UInt32, _ value: UInt64) {
        guard value != 0 else { return }
        appendTag(number, .varint)
        appendVarint(value)
    }
}
