package import LinuxSystem

extension ByteBuffer {
    /// Appends a text as a JSON string with its quotation marks.
    ///
    /// - Source: RFC 8259 section 7: quotation mark, backslash and control characters are escaped.
    package mutating func appendJSONString(_ text: String) {
        append(UInt8(ascii: "\""))
        for byte in text.utf8 { appendJSONCharacter(byte) }
        append(UInt8(ascii: "\""))
    }

    /// The same for text that stands in other bytes.
    ///
    /// - Precondition: the bytes are UTF-8.
    mutating func appendJSONString(_ text: Span<UInt8>) {
        append(UInt8(ascii: "\""))
        for index in text.indices { appendJSONCharacter(text[index]) }
        append(UInt8(ascii: "\""))
    }

    @inline(__always)
    private mutating func appendJSONCharacter(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        case 0x08: append("\\b")
        case 0x0c: append("\\f")
        case 0x0a: append("\\n")
        case 0x0d: append("\\r")
        case 0x09: append("\\t")
        case 0..<0x20:
            append("\\u00")
            append(byte &>> 4 &+ UInt8(ascii: "0"))
            append(byte & 15 < 10 ? byte & 15 &+ UInt8(ascii: "0") : byte & 15 &+ 87)
        default: append(byte)
        }
    }
}
