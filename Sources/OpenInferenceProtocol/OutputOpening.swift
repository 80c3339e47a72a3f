import LinuxSystem

/// What stands in responses between an output's number of rows and its values, ready to be copied.
struct OutputOpening: Sendable {
    private let json: [UInt8]
    /// Where the values are bytes behind the JSON, up to their number.
    private let binary: [UInt8]
    /// Where the values are not in the response: the whole rest of the output but for its last brace.
    private let absent: [UInt8]
    /// The dimensions as numbers of a run in a message.
    private let message: [UInt8]

    /// Prepares the rest of an output's shape.
    init(_ responseDims: [Int]) {
        let dimensions = responseDims.map { ",\($0)" }.joined()
        json = Array("\(dimensions)],\"data\":[".utf8)
        binary = Array("\(dimensions)],\"parameters\":{\"binary_data_size\":".utf8)
        absent = Array("\(dimensions)]".utf8)
        var numbers = ByteBuffer()
        for dimension in responseDims { numbers.appendVarint(UInt64(dimension)) }
        message = numbers.withBytes { bytes in bytes.indices.map { bytes[$0] } }
    }

    func append(isBinary: Bool, to buffer: inout ByteBuffer) {
        buffer.append(isBinary ? binary.span : json.span)
    }

    /// Bytes that `appendMessage` appends.
    var messageByteCount: Int { message.count }

    func appendMessage(to buffer: inout ByteBuffer) {
        buffer.append(message.span)
    }

    func appendWithoutValues(to buffer: inout ByteBuffer) {
        buffer.append(absent.span)
    }
}
