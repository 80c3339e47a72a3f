import LinuxSystem

/// Texts that an output's elements choose from, ready to be copied into responses.
struct TextList: Sendable {
    /// All texts as JSON strings, one after another, and as UTF-8.
    private let json: [UInt8]
    private let jsonStarts: [Int]
    private let plain: [UInt8]
    private let plainStarts: [Int]

    init(_ texts: [String]) {
        var json = ByteBuffer()
        var plain: [UInt8] = []
        var jsonStarts = [0]
        var plainStarts = [0]
        for text in texts {
            json.appendJSONString(text)
            plain.append(contentsOf: text.utf8)
            jsonStarts.append(json.count)
            plainStarts.append(plain.count)
        }
        self.json = json.withBytes { bytes in bytes.indices.map { bytes[$0] } }
        self.jsonStarts = jsonStarts
        self.plain = plain
        self.plainStarts = plainStarts
    }

    func appendJSON(_ index: Int, to buffer: inout ByteBuffer) {
        buffer.append(json.span.extracting(jsonStarts[index]..<jsonStarts[index + 1]))
    }

    /// Appends a colon and a text as it stands inside a JSON string; nothing if there is no such text or it is empty.
    func appendJSONLabel(_ index: Int, to buffer: inout ByteBuffer) {
        guard index + 1 < jsonStarts.count, jsonStarts[index + 1] - jsonStarts[index] > 2 else { return }
        buffer.append(UInt8(ascii: ":"))
        // Without its quotation marks.
        buffer.append(json.span.extracting(jsonStarts[index] + 1..<jsonStarts[index + 1] - 1))
    }

    /// Appends a colon and a text; nothing if there is no such text or it is empty.
    func appendPlainLabel(_ index: Int, to buffer: inout ByteBuffer) {
        guard index + 1 < plainStarts.count, plainStarts[index + 1] > plainStarts[index] else { return }
        buffer.append(UInt8(ascii: ":"))
        buffer.append(plain.span.extracting(plainStarts[index]..<plainStarts[index + 1]))
    }

    /// Bytes of the longest text as a JSON string.
    var greatestByteCount: Int { zip(jsonStarts, jsonStarts.dropFirst()).map { $1 - $0 }.max() ?? 0 }

    /// Appends a text's length as four little-endian bytes and the text.
    func appendBinary(_ index: Int, to buffer: inout ByteBuffer) {
        let range = plainStarts[index]..<plainStarts[index + 1]
        for shift in [0, 8, 16, 24] { buffer.append(UInt8(truncatingIfNeeded: range.count >> shift)) }
        buffer.append(plain.span.extracting(range))
    }

    /// Bytes that `appendBinary` appends.
    func binaryByteCount(_ index: Int) -> Int { 4 + plainStarts[index + 1] - plainStarts[index] }
}
