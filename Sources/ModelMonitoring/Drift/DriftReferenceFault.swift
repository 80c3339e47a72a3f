/// What is wrong with a `reference.json`, and where.
package struct DriftReferenceFault: Error, Equatable, Sendable {
    /// Bytes from the file's beginning.
    package var offset: Int
    /// One clause that names field and rule.
    package var sentence: String

    init(at offset: Int, _ sentence: String) {
        self.offset = offset
        self.sentence = sentence
    }

    /// The line and the column of the fault, counted from 1; columns count bytes.
    package func position(in bytes: Span<UInt8>) -> (line: Int, column: Int) {
        var (line, column) = (1, 1)
        for index in 0..<min(offset, bytes.count) {
            if bytes[index] == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else {
                column += 1
            }
        }
        return (line, column)
    }
}
