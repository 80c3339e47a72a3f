import LinuxSystem

/// Further fields of answers, made once and the same each time they are sent.
///
/// - Isolation: any thread; immutable.
package final class HTTPAnswerFields: Sendable {
    /// Most fields of one object.
    static let countLimit = 8

    /// One field.
    struct Field: Sendable {
        /// In small letters, as HTTP/2 wants it.
        let name: StaticString
        let value: [UInt8]

        func appendValue(to output: inout ByteBuffer) {
            let value = value
            output.append(value.span)
        }
    }

    let fields: [Field]
    /// The head of HTTP/1.1 of an answer in JSON that has no fields but these, up to the number of its bytes.
    let plainHead: [UInt8]

    /// Makes fields.
    ///
    /// - Precondition: there are at most eight, and values hold no control characters: they are ours or the operator's,
    ///   and were checked.
    package init(_ fields: [(name: StaticString, value: String)]) {
        precondition(fields.count <= Self.countLimit, "answers have few further fields")
        for field in fields {
            precondition(field.value.utf8.allSatisfy { (0x20...0x7E).contains($0) }, "a field's value")
        }
        self.fields = fields.map { Field(name: $0.name, value: Array($0.value.utf8)) }
        let lines = fields.map { "\($0.name): \($0.value)\r\n" }.joined()
        plainHead = Array("\(HTTPResponseHead.plainStart)\(lines)\(HTTPResponseHead.lengthName)".utf8)
    }

    /// Appends the lines of HTTP/1.1.
    func appendLines(to output: inout ByteBuffer) {
        for field in fields {
            output.append(field.name)
            output.append(": ")
            field.appendValue(to: &output)
            output.append("\r\n")
        }
    }
}
