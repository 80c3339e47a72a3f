/// Decodes base64 byte by byte.
///
/// - Source: RFC 4648 section 4: the standard alphabet with padding; nothing else is permitted, no line ends either.
struct RFC4648Decoder {
    private var bytes: [UInt8] = []
    private var bits: UInt32 = 0
    /// Characters since the last whole group of four.
    private var count = 0
    private var paddingCount = 0

    init(capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    /// Takes one character and says whether it may stand where it does.
    mutating func take(_ character: UInt8) -> Bool {
        count += 1
        if character == UInt8(ascii: "=") {
            guard count > 2 else { return false }
            paddingCount += 1
            bits <<= 6
        } else {
            guard paddingCount == 0, let value = Self.value(of: character) else { return false }
            bits = bits << 6 | UInt32(value)
        }
        if count == 4 { endGroup() }
        return true
    }

    /// The bytes; nil if the text ended inside a group.
    func finish() -> [UInt8]? {
        count == 0 ? bytes : nil
    }

    private mutating func endGroup() {
        for index in 0..<3 - min(paddingCount, 2) {
            bytes.append(UInt8(truncatingIfNeeded: bits >> (16 - 8 * UInt32(index))))
        }
        bits = 0
        count = 0
    }

    private static func value(of character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
