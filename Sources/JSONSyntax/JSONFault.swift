/// Why a text is not the JSON that was asked for.
package struct JSONFault: Error, Equatable, Sendable {
    /// What was wrong at the offset.
    package enum Reason: Equatable, Sendable {
        case endedEarly
        case unexpectedByte(UInt8)
        case badLiteral
        case badNumber
        case badEscape
        case loneSurrogate
        case badUTF8
        case controlCharacter
        case tooDeep(limit: Int)
        case textAfterEnd
        case notAnInteger
        case integerOutOfRange
    }

    /// Position of the first byte that could not be read, from the start of the bytes.
    package let offset: Int
    /// What was wrong there.
    package let reason: Reason

    /// Describes a fault at a position.
    package init(at offset: Int, _ reason: Reason) {
        self.offset = offset
        self.reason = reason
    }

    /// The reason as a clause that can follow "invalid JSON: ".
    package var message: String {
        switch reason {
        case .endedEarly: "the text ends early at byte \(offset)"
        case .unexpectedByte(let byte): "unexpected \(JSONFault.name(of: byte)) at byte \(offset)"
        case .badLiteral: "unknown word at byte \(offset)"
        case .badNumber: "malformed number at byte \(offset)"
        case .badEscape: "malformed escape sequence at byte \(offset)"
        case .loneSurrogate: "half of a surrogate pair at byte \(offset)"
        case .badUTF8: "invalid UTF-8 at byte \(offset)"
        case .controlCharacter: "unescaped control character in a string at byte \(offset)"
        case .tooDeep(let limit): "nested deeper than \(limit) at byte \(offset)"
        case .textAfterEnd: "text after the end of the document at byte \(offset)"
        case .notAnInteger: "not an integer at byte \(offset)"
        case .integerOutOfRange: "integer out of range at byte \(offset)"
        }
    }

    private static func name(of byte: UInt8) -> String {
        if byte > 0x20 && byte < 0x7f { return "'\(Character(Unicode.Scalar(byte)))'" }
        let digits = String(byte, radix: 16)
        return "byte 0x" + (digits.utf8.count == 1 ? "0" : "") + digits
    }
}
