/// Writes texts as JSON, for documents that are written seldom.
///
/// What is written for every request goes straight into the buffer of its answer, in the same form.
package enum JSONStringText {
    /// A text as a JSON string with its quotation marks.
    ///
    /// - Complexity: linear; allocates.
    /// - Source: RFC 8259 section 7: quotation mark, backslash and control characters are escaped.
    package static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\u{8}": quoted += "\\b"
            case "\u{C}": quoted += "\\f"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 0x20:
                quoted += "\\u00" + (scalar.value < 0x10 ? "0" : "") + String(scalar.value, radix: 16)
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
