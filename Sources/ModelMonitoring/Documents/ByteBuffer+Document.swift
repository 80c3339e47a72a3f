import JSONSyntax
package import LinuxSystem

/// What documents about models and experiments are written with.
extension ByteBuffer {
    /// Appends a text as a JSON string with its quotation marks.
    package mutating func appendText(_ text: String) { append(JSONStringText.quoted(text)) }

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
