/// A frame as tests write and read it, by the specification and not by the library under test.
///
/// - Source: RFC 9113 sections 4.1 and 6; RFC 7541 section 6.2.2 for fields without compression.
struct HTTP2Frame: Equatable {
    enum Kind: UInt8 {
        case data = 0x0
        case headers = 0x1
        case priority = 0x2
        case reset = 0x3
        case settings = 0x4
        case pushPromise = 0x5
        case ping = 0x6
        case goAway = 0x7
        case windowUpdate = 0x8
        case continuation = 0x9
    }

    static let endStream: UInt8 = 0x1
    static let acknowledgement: UInt8 = 0x1
    static let endHeaders: UInt8 = 0x4

    var kind: Kind
    var flags: UInt8 = 0
    var stream: UInt32 = 0
    var payload: [UInt8] = []

    init(_ kind: Kind, flags: UInt8 = 0, stream: UInt32 = 0, _ payload: [UInt8] = []) {
        self.kind = kind
        self.flags = flags
        self.stream = stream
        self.payload = payload
    }

    var bytes: [UInt8] {
        let count = payload.count
        return [UInt8(count >> 16), UInt8(count >> 8 & 255), UInt8(count & 255), kind.rawValue, flags]
            + Self.number(stream) + payload
    }

    /// A number of 32 bits as frames have it.
    static func number(_ value: UInt32) -> [UInt8] {
        [UInt8(value >> 24), UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255)]
    }

    /// The first 32 bits of the payload from an offset on.
    func number(at offset: Int = 0) -> UInt32 {
        payload[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// The frames of a whole number of them.
    static func read(_ bytes: [UInt8]) -> [HTTP2Frame] {
        var frames: [HTTP2Frame] = []
        var position = 0
        while position + 9 <= bytes.count {
            let head = bytes[position..<position + 9].map { Int($0) }
            let count = head[0] << 16 | head[1] << 8 | head[2]
            guard let kind = Kind(rawValue: UInt8(head[3])), position + 9 + count <= bytes.count else { break }
            let stream = UInt32(head[5]) << 24 | UInt32(head[6]) << 16 | UInt32(head[7]) << 8 | UInt32(head[8])
            frames.append(
                HTTP2Frame(
                    kind, flags: UInt8(head[4]), stream: stream, Array(bytes[position + 9..<position + 9 + count])))
            position += 9 + count
        }
        return frames
    }

    // MARK: Fields

    /// A field block without compression.
    static func block(_ fields: [(String, String)]) -> [UInt8] {
        fields.flatMap { name, value in [0] + text(name) + text(value) }
    }

    private static func text(_ value: String) -> [UInt8] {
        let bytes = Array(value.utf8)
        guard bytes.count >= 127 else { return [UInt8(bytes.count)] + bytes }
        var rest = bytes.count - 127
        var head: [UInt8] = [127]
        while rest >= 128 {
            head.append(UInt8(rest & 127 | 128))
            rest >>= 7
        }
        return head + [UInt8(rest)] + bytes
    }

    /// The head of a request, and its end if there is no body.
    static func request(
        _ stream: UInt32, _ method: String = "GET", _ path: String = "/a", _ more: [(String, String)] = [],
        isLast: Bool = true
    ) -> HTTP2Frame {
        let fields = [(":method", method), (":scheme", "http"), (":path", path), (":authority", "a")] + more
        return HTTP2Frame(.headers, flags: endHeaders | (isLast ? endStream : 0), stream: stream, block(fields))
    }

    /// A part of a body.
    static func data(_ stream: UInt32, _ bytes: [UInt8], isLast: Bool = true) -> HTTP2Frame {
        HTTP2Frame(.data, flags: isLast ? endStream : 0, stream: stream, bytes)
    }

    static func data(_ stream: UInt32, _ text: String, isLast: Bool = true) -> HTTP2Frame {
        data(stream, Array(text.utf8), isLast: isLast)
    }

    static func reset(_ stream: UInt32, code: UInt32 = 8) -> HTTP2Frame {
        HTTP2Frame(.reset, stream: stream, number(code))
    }

    static func windowUpdate(_ stream: UInt32, _ byteCount: UInt32) -> HTTP2Frame {
        HTTP2Frame(.windowUpdate, stream: stream, number(byteCount))
    }

    /// Settings by their numbers.
    static func settings(_ entries: [(UInt16, UInt32)] = []) -> HTTP2Frame {
        HTTP2Frame(.settings, entries.flatMap { [UInt8($0.0 >> 8), UInt8($0.0 & 255)] + number($0.1) })
    }
}
