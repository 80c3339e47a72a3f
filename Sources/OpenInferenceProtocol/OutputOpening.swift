import LinuxSystem

/// What stands in responses between an output's number of rows and its values, ready to be copied.
struct OutputOpening: Sendable {
    private let json: [UInt8]
    /// Where the values are bytes behind the JSON, up to their number.
    private let binary: [UInt8]

    /// Prepares the rest of an output's shape.
    init(_ responseDims: [Int]) {
        let dimensions = responseDims.map { ",\($0)" }.joined()
        json = Array("\(dimensions)],\"data\":[".utf8)
        binary = Array("\(dimensions)],\"parameters\":{\"binary_data_size\":".utf8)
    }

    func append(isBinary: Bool, to buffer: inout ByteBuffer) {
        buffer.append(isBinary ? binary.span : json.span)
    }
}
