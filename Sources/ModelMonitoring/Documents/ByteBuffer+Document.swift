package import LinuxSystem

/// What documents about models and experiments are written with.
extension ByteBuffer {
    /// Appends a text as a JSON string with its quotation marks.
    ///
    /// - Source: RFC 8259 section 7.
    package mutating func appendText(_ text: String) {
        append("\"")
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): append("\\\"")
            case UInt8(ascii: "\\"): append("\\\\")
            case 0..<0x20: append("\\u00" + (byte < 16 ? "0" : "") + String(byte, radix: 16))
            default: append(byte)
            }
        }
        append("\"")
    }

    /// Appends a number as JSON: whole ones without a point, and `null` for what JSON has no word for.
    package mutating func appendNumber(_ value: Double?) {
        guard let value, value.isFinite else { return append("null") }
        if let whole = Int(exactly: value) {
            appendDecimal(whole)
        } else {
            append("\(value)")
        }
    }
}
