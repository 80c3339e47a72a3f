/// Why a text is not a message of its schema, and where.
package struct TextFormatFault: Error, Equatable, CustomStringConvertible {
    /// What is wrong.
    package enum Reason: Error, Equatable {
        case unexpectedByte(UInt8)
        case unterminatedString
        case invalidEscape
        case malformedNumber(String)
        case expected(String, found: String)
        case unknownField(String, message: String, nearest: String?)
        case unknownEnumerationValue(String, field: String, nearest: String?)
        case outOfRange(String, kind: String)
        case repeatedSingularField(String)
        case alreadyChosen(String, other: String)
        case invalidUTF8(field: String)
        case notServed(field: String, why: String)
        case tooDeep(limit: Int)
        case tooManyTokens(limit: Int)
        case tooLarge(byteCount: Int, limit: Int)
        /// A value that is well formed and makes no sense where it stands.
        case meaningless(String)
    }

    package var position: TextPosition
    package var reason: Reason

    init(_ reason: Reason, at position: TextPosition) {
        self.position = position
        self.reason = reason
    }

    package var description: String { "\(position): \(explanation)" }

    /// The reason as a sentence without the position.
    package var explanation: String {
        switch reason {
        case .unexpectedByte(let byte):
            return "unexpected byte \(Self.printable(byte))"
        case .unterminatedString:
            return "the string does not end on its line"
        case .invalidEscape:
            return "unknown escape sequence in a string"
        case .malformedNumber(let text):
            return "'\(text)' is not a number"
        case .expected(let expected, let found):
            return "expected \(expected), found \(found)"
        case .unknownField(let name, let message, let nearest):
            return "\(message) has no field '\(name)'" + Self.suggestion(nearest)
        case .unknownEnumerationValue(let name, let field, let nearest):
            return "'\(name)' is not a value of '\(field)'" + Self.suggestion(nearest)
        case .outOfRange(let text, let kind):
            return "\(text) does not fit into \(kind)"
        case .repeatedSingularField(let name):
            return "'\(name)' may be given only once"
        case .alreadyChosen(let name, let other):
            return "'\(name)' and '\(other)' exclude each other"
        case .invalidUTF8(let field):
            return "the text of '\(field)' is not UTF-8"
        case .notServed(let field, let why):
            return "'\(field)' is refused: \(why)"
        case .tooDeep(let limit):
            return "more than \(limit) messages stand inside each other"
        case .tooManyTokens(let limit):
            return "more than \(limit) tokens"
        case .tooLarge(let byteCount, let limit):
            return "the file has \(byteCount) bytes, \(limit) are permitted"
        case .meaningless(let sentence):
            return sentence
        }
    }

    private static func suggestion(_ nearest: String?) -> String {
        nearest.map { "; did you mean '\($0)'?" } ?? ""
    }

    private static func printable(_ byte: UInt8) -> String {
        if byte > 0x20 && byte < 0x7F { return "'\(Character(UnicodeScalar(byte)))'" }
        let digits = String(byte, radix: 16, uppercase: true)
        return "0x" + (digits.utf8.count == 1 ? "0" : "") + digits
    }
}
