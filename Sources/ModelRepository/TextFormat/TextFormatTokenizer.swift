/// Cuts protobuf text format into tokens and knows where each began.
///
/// Holds one token of look-ahead. Comments run from `#` to the end of the line. Adjacent strings are joined by the
/// parser, because only there it is known that a string is wanted.
///
/// - Source: protobuf documentation, *Text Format Language Specification*, lexical elements.
struct TextFormatTokenizer {
    enum Token: Equatable {
        case identifier(String)
        /// A run that begins like a number; the parser judges it against the field's type.
        case number(String)
        case string([UInt8])
        /// One of `{ } [ ] < > : , ; - / ( )`.
        case symbol(UInt8)
        case end
    }

    private let bytes: [UInt8]
    private var offset = 0
    private var line = 1
    private var lineStart = 0
    private var tokenCount = 0

    private(set) var token = Token.end
    /// Where `token` begins.
    private(set) var position = TextPosition.start

    init(_ source: Span<UInt8>) throws(TextFormatFault) {
        let limit = ModelRepositoryLimits.textFormatByteLimit
        if source.count > limit {
            throw TextFormatFault(.tooLarge(byteCount: source.count, limit: limit), at: .start)
        }
        var copy: [UInt8] = []
        copy.reserveCapacity(source.count)
        for index in source.indices { copy.append(source[index]) }
        bytes = copy
        try advance()
    }

    /// Reads the next token into `token`.
    mutating func advance() throws(TextFormatFault) {
        skipSpace()
        position = TextPosition(line: line, column: offset - lineStart + 1)
        guard offset < bytes.count else {
            token = .end
            return
        }
        tokenCount += 1
        let limit = ModelRepositoryLimits.textFormatTokenLimit
        if tokenCount > limit { throw TextFormatFault(.tooManyTokens(limit: limit), at: position) }
        let byte = bytes[offset]
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
            token = .identifier(run { Self.isWord($0) })
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            token = .number(number())
        case UInt8(ascii: ".") where offset + 1 < bytes.count && Self.isDigit(bytes[offset + 1]):
            token = .number(number())
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            token = .string(try string())
        case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "<"),
            UInt8(ascii: ">"), UInt8(ascii: ":"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "-"),
            UInt8(ascii: "/"), UInt8(ascii: "("), UInt8(ascii: ")"):
            token = .symbol(byte)
            offset += 1
        default:
            throw TextFormatFault(.unexpectedByte(byte), at: position)
        }
    }

    private mutating func skipSpace() {
        var inComment = false
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x0A:
                inComment = false
                line += 1
                lineStart = offset + 1
            case 0x20, 0x09, 0x0B, 0x0C, 0x0D:
                break
            case UInt8(ascii: "#"):
                inComment = true
            default:
                if !inComment { return }
            }
            offset += 1
        }
    }

    private mutating func run(while belongs: (UInt8) -> Bool) -> String {
        let start = offset
        while offset < bytes.count && belongs(bytes[offset]) { offset += 1 }
        return String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    /// Letters belong to the run, so that `12ab` is one wrong number and not a number and a name.
    private mutating func number() -> String {
        let start = offset
        let isHexadecimal =
            bytes[offset] == UInt8(ascii: "0") && offset + 1 < bytes.count && bytes[offset + 1] | 0x20 == 0x78
        while offset < bytes.count {
            let byte = bytes[offset]
            let isExponentSign =
                (byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")) && !isHexadecimal && offset > start
                && bytes[offset - 1] | 0x20 == UInt8(ascii: "e")
            guard Self.isWord(byte) || byte == UInt8(ascii: ".") || isExponentSign else { break }
            offset += 1
        }
        return String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    // MARK: Strings

    private mutating func string() throws(TextFormatFault) -> [UInt8] {
        let quote = bytes[offset]
        let unterminated = TextFormatFault(.unterminatedString, at: position)
        var text: [UInt8] = []
        offset += 1
        while true {
            guard offset < bytes.count else { throw unterminated }
            let byte = bytes[offset]
            switch byte {
            case quote:
                offset += 1
                return text
            case 0x0A:
                throw unterminated
            case 0:
                throw fault(.unexpectedByte(0))
            case UInt8(ascii: "\\"):
                try escape(into: &text)
            default:
                text.append(byte)
                offset += 1
            }
        }
    }

    private func fault(_ reason: TextFormatFault.Reason) -> TextFormatFault {
        TextFormatFault(reason, at: TextPosition(line: line, column: offset - lineStart + 1))
    }

    private mutating func escape(into text: inout [UInt8]) throws(TextFormatFault) {
        guard offset + 1 < bytes.count else { throw fault(.unterminatedString) }
        let escaped = bytes[offset + 1]
        if let plain = Self.plainEscape(escaped) {
            text.append(plain)
            offset += 2
            return
        }
        switch escaped {
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            let (value, count) = digits(from: offset + 1, limit: 3, radix: 8)
            guard value <= 0xFF else { throw fault(.invalidEscape) }
            text.append(UInt8(value))
            offset += 1 + count
        case UInt8(ascii: "x"), UInt8(ascii: "X"):
            let (value, count) = digits(from: offset + 2, limit: 2, radix: 16)
            guard count > 0 else { throw fault(.invalidEscape) }
            text.append(UInt8(value))
            offset += 2 + count
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            text.append(contentsOf: try unicodeEscape(digitCount: escaped == UInt8(ascii: "u") ? 4 : 8))
        default:
            throw fault(.invalidEscape)
        }
    }

    private static func plainEscape(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "a"): 0x07
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "t"): 0x09
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "v"): 0x0B
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "?"), UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): byte
        default: nil
        }
    }

    /// A `\u` escape of a high surrogate takes the low one from the `\u` escape behind it.
    private mutating func unicodeEscape(digitCount: Int) throws(TextFormatFault) -> [UInt8] {
        var (value, count) = digits(from: offset + 2, limit: digitCount, radix: 16)
        guard count == digitCount else { throw fault(.invalidEscape) }
        var length = 2 + digitCount
        if digitCount == 4 && value & 0xFC00 == 0xD800 && offset + 7 < bytes.count
            && bytes[offset + 6] == UInt8(ascii: "\\") && bytes[offset + 7] == UInt8(ascii: "u")
        {
            let (low, lowCount) = digits(from: offset + 8, limit: 4, radix: 16)
            if lowCount == 4 && low & 0xFC00 == 0xDC00 {
                value = 0x10000 + (value & 0x3FF) << 10 + (low & 0x3FF)
                length += 6
            }
        }
        guard let scalar = UnicodeScalar(value) else { throw fault(.invalidEscape) }
        offset += length
        return Array(String(Character(scalar)).utf8)
    }

    private func digits(from start: Int, limit: Int, radix: UInt32) -> (value: UInt32, count: Int) {
        var value: UInt32 = 0
        var count = 0
        while count < limit && start + count < bytes.count,
            let digit = Self.digit(bytes[start + count]), digit < radix
        {
            value = value &* radix &+ digit
            count += 1
        }
        return (value, count)
    }

    private static func digit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A")) + 10
        default: nil
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        isDigit(byte) || byte == UInt8(ascii: "_")
            || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z"))
    }
}

extension TextFormatTokenizer.Token: CustomStringConvertible {
    /// How a fault names what it found.
    var description: String {
        switch self {
        case .identifier(let name): "'\(name)'"
        case .number(let text): "the number \(text)"
        case .string: "a string"
        case .symbol(let byte): "'\(Character(UnicodeScalar(byte)))'"
        case .end: "the end of the file"
        }
    }
}
