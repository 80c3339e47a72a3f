import LinuxSystem

/// A file that holds one JSON array and is whole after every write: new elements replace the closing bracket.
struct JSONArrayFile: ~Copyable {
    private let file: OutputFile
    /// Bytes before the closing bracket.
    private var byteCount = 0

    init(creating path: String) throws(SystemError) {
        file = try OutputFile(creating: path)
    }

    /// Adds elements.
    ///
    /// - Parameter elements: at least one, with commas between them; taken away.
    mutating func append(_ elements: inout ByteBuffer) throws(SystemError) {
        var text = ByteBuffer(capacity: elements.count + 2)
        text.append(byteCount == 0 ? "[" : "," as StaticString)
        text.append(elements.bytes)
        text.append("]")
        try file.write(text.bytes, at: byteCount)
        byteCount += text.count - 1
        elements.removeAll()
    }
}
