/// Reads protobuf text format against a schema.
///
/// Everything a fault needs to be found by its author is kept: line, column, and for a mistyped name the nearest known
/// one. Fields that this server does not act on are read like all others and reported as notices.
///
/// - Complexity: linear in the text; message depth, tokens and bytes are limited by `ModelRepositoryLimits`.
/// - Source: protobuf documentation, *Text Format Language Specification*. Extensions, `Any` expansions and fields by
///   number are refused: the schemas here have none. A singular field given twice is refused, as the strict parsers do.
package struct TextFormatParser {
    /// A field that was accepted without effect.
    package struct Notice: Sendable, Equatable {
        package var position: TextPosition
        /// The names from the outermost message inwards, joined by dots.
        package var field: String
        package var sentence: String
    }

    private var tokenizer: TextFormatTokenizer
    private var depth = 0
    private var path: [String] = []
    private var notices: [Notice] = []

    /// Reads a whole file.
    package static func parse(
        _ bytes: Span<UInt8>, as schema: MessageSchema
    ) throws(TextFormatFault) -> (message: MessageValue, notices: [Notice]) {
        var parser = TextFormatParser(tokenizer: try TextFormatTokenizer(bytes))
        var message = MessageValue(schema: schema)
        try parser.fields(of: &message, until: nil)
        return (message, parser.notices)
    }

    private init(tokenizer: TextFormatTokenizer) {
        self.tokenizer = tokenizer
    }

    private func fault(_ reason: TextFormatFault.Reason) -> TextFormatFault {
        TextFormatFault(reason, at: tokenizer.position)
    }

    private func expected(_ what: String) -> TextFormatFault {
        fault(.expected(what, found: tokenizer.token.description))
    }

    private mutating func skip(_ symbol: Unicode.Scalar) throws(TextFormatFault) -> Bool {
        guard tokenizer.token == .symbol(UInt8(ascii: symbol)) else { return false }
        try tokenizer.advance()
        return true
    }

    // MARK: Messages

    private mutating func fields(of message: inout MessageValue, until close: UInt8?) throws(TextFormatFault) {
        while true {
            switch tokenizer.token {
            case .end:
                if let close { throw expected("a field name or '\(Character(UnicodeScalar(close)))'") }
                return
            case .symbol(let byte) where byte == close:
                try tokenizer.advance()
                return
            case .identifier(let name):
                try field(named: name, of: &message)
            default:
                throw expected("a field name")
            }
        }
    }

    private mutating func field(named name: String, of message: inout MessageValue) throws(TextFormatFault) {
        let schema = message.schema
        guard let index = schema.fieldIndex(named: name) else {
            let nearest = NearestName.among(schema.fields.map(\.name), to: name)
            throw fault(.unknownField(name, message: schema.name, nearest: nearest))
        }
        let field = schema.fields[index]
        try checkRepetition(of: field, at: index, in: message)
        path.append(name)
        try note(field)
        let position = tokenizer.position
        try tokenizer.advance()
        let hasColon = try skip(":")
        if field.cardinality != .singular, try skip("[") {
            try list(of: field, at: index, into: &message)
        } else {
            if !hasColon && !startsMessage(of: field) { throw expected("':' after '\(name)'") }
            let content = try content(of: field)
            message.append(MessageValue.Entry(fieldIndex: index, content: content, position: position))
        }
        path.removeLast()
        if try !skip(",") { _ = try skip(";") }
    }

    private func startsMessage(of field: MessageSchema.Field) -> Bool {
        if case .message = field.kind { return true }
        return false
    }

    private func checkRepetition(
        of field: MessageSchema.Field, at index: Int, in message: MessageValue
    ) throws(TextFormatFault) {
        guard field.cardinality == .singular else { return }
        for entry in message.entries {
            if entry.fieldIndex == index { throw fault(.repeatedSingularField(field.name)) }
            let other = message.schema.fields[entry.fieldIndex]
            if let choice = field.choice, choice == other.choice {
                throw fault(.alreadyChosen(field.name, other: other.name))
            }
        }
    }

    private mutating func note(_ field: MessageSchema.Field) throws(TextFormatFault) {
        switch field.treatment {
        case .obeyed:
            break
        case .noted(let sentence):
            guard notices.count < ModelRepositoryLimits.noticeLimit else { return }
            notices.append(
                Notice(position: tokenizer.position, field: path.joined(separator: "."), sentence: sentence))
        case .refused(let why):
            throw fault(.notServed(field: path.joined(separator: "."), why: why))
        }
    }

    private mutating func list(
        of field: MessageSchema.Field, at index: Int, into message: inout MessageValue
    ) throws(TextFormatFault) {
        if try skip("]") { return }
        while true {
            let position = tokenizer.position
            let content = try content(of: field)
            message.append(MessageValue.Entry(fieldIndex: index, content: content, position: position))
            if try skip("]") { return }
            if try !skip(",") { throw expected("',' or ']'") }
        }
    }

    private mutating func content(of field: MessageSchema.Field) throws(TextFormatFault) -> MessageValue.Content {
        guard case .message(let schema) = field.kind else { return .scalar(try scalar(of: field)) }
        let close: UInt8
        switch tokenizer.token {
        case .symbol(UInt8(ascii: "{")): close = UInt8(ascii: "}")
        case .symbol(UInt8(ascii: "<")): close = UInt8(ascii: ">")
        default: throw expected("'{' to begin '\(field.name)'")
        }
        let limit = ModelRepositoryLimits.textFormatDepthLimit
        if depth == limit { throw fault(.tooDeep(limit: limit)) }
        depth += 1
        var message = MessageValue(schema: schema, position: tokenizer.position)
        try tokenizer.advance()
        try fields(of: &message, until: close)
        depth -= 1
        return .message(message)
    }

    // MARK: Scalars

    private mutating func scalar(of field: MessageSchema.Field) throws(TextFormatFault) -> MessageValue.Scalar {
        switch field.kind {
        case .string:
            return .text(try text(of: field))
        case .boolean:
            return .boolean(try boolean())
        case .enumeration(let schema):
            return .enumeration(try enumeration(schema, field: field.name))
        case .int32:
            return .integer(try integer(Int32.min...Int32.max, kind: field.kind))
        case .int64:
            return .integer(try integer(Int64.min...Int64.max, kind: field.kind))
        case .uint32:
            return .unsigned(try unsigned(limit: UInt64(UInt32.max), kind: field.kind))
        case .uint64:
            return .unsigned(try unsigned(limit: .max, kind: field.kind))
        case .float:
            return .real(Double(Float(try real())))
        case .double:
            return .real(try real())
        case .message:
            preconditionFailure("a message is no scalar")
        }
    }

    private mutating func text(of field: MessageSchema.Field) throws(TextFormatFault) -> String {
        guard case .string(var bytes) = tokenizer.token else { throw expected("a quoted string") }
        let position = tokenizer.position
        try tokenizer.advance()
        while case .string(let more) = tokenizer.token {
            bytes.append(contentsOf: more)
            try tokenizer.advance()
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw TextFormatFault(.invalidUTF8(field: field.name), at: position)
        }
        return text
    }

    private mutating func boolean() throws(TextFormatFault) -> Bool {
        let truth: Bool
        switch tokenizer.token {
        case .identifier("true"), .identifier("True"), .identifier("t"), .number("1"): truth = true
        case .identifier("false"), .identifier("False"), .identifier("f"), .number("0"): truth = false
        default: throw expected("true or false")
        }
        try tokenizer.advance()
        return truth
    }

    private mutating func enumeration(
        _ schema: EnumerationSchema, field: String
    ) throws(TextFormatFault) -> Int {
        let position = tokenizer.position
        if case .identifier(let name) = tokenizer.token {
            guard let number = schema.number(named: name) else {
                let nearest = NearestName.among(schema.values.map(\.name), to: name)
                throw fault(.unknownEnumerationValue(name, field: field, nearest: nearest))
            }
            try tokenizer.advance()
            return number
        }
        let number = try integer(Int32.min...Int32.max, kind: .enumeration(schema))
        guard schema.name(of: Int(number)) != nil else {
            throw TextFormatFault(
                .unknownEnumerationValue(String(number), field: field, nearest: nil), at: position)
        }
        return Int(number)
    }

    private mutating func integer<Limits: FixedWidthInteger>(
        _ range: ClosedRange<Limits>, kind: MessageSchema.Kind
    ) throws(TextFormatFault) -> Int64 {
        let position = tokenizer.position
        let isNegative = try skip("-")
        let (magnitude, text) = try self.magnitude(kind: kind)
        let value = isNegative ? Int64(exactly: -Int128(magnitude)) : Int64(exactly: magnitude)
        guard let value, range.contains(Limits(truncatingIfNeeded: value)),
            Int64(Limits(truncatingIfNeeded: value)) == value
        else {
            throw TextFormatFault(.outOfRange((isNegative ? "-" : "") + text, kind: kind.name), at: position)
        }
        return value
    }

    private mutating func unsigned(limit: UInt64, kind: MessageSchema.Kind) throws(TextFormatFault) -> UInt64 {
        let position = tokenizer.position
        if tokenizer.token == .symbol(UInt8(ascii: "-")) { throw expected("a number that is not negative") }
        let (magnitude, text) = try self.magnitude(kind: kind)
        guard magnitude <= limit else { throw TextFormatFault(.outOfRange(text, kind: kind.name), at: position) }
        return magnitude
    }

    /// A decimal, hexadecimal (`0x`) or octal (`0`) integer.
    private mutating func magnitude(
        kind: MessageSchema.Kind
    ) throws(TextFormatFault) -> (value: UInt64, text: String) {
        guard case .number(let text) = tokenizer.token else { throw expected("an integer") }
        let digits: Substring
        let radix: Int
        if text.hasPrefix("0x") || text.hasPrefix("0X") {
            (digits, radix) = (text.dropFirst(2), 16)
        } else if text.hasPrefix("0") && text.utf8.count > 1 {
            (digits, radix) = (text.dropFirst(1), 8)
        } else {
            (digits, radix) = (text[...], 10)
        }
        let isInteger =
            !digits.isEmpty && digits.allSatisfy { $0.isASCII && $0.hexDigitValue.map { $0 < radix } == true }
        guard isInteger else { throw expected("an integer") }
        guard let value = UInt64(digits, radix: radix) else { throw fault(.outOfRange(text, kind: kind.name)) }
        try tokenizer.advance()
        return (value, text)
    }

    /// A decimal number, an integer, or a name of infinity or not-a-number.
    private mutating func real() throws(TextFormatFault) -> Double {
        let isNegative = try skip("-")
        let magnitude: Double
        switch tokenizer.token {
        case .identifier(let name):
            switch name.lowercased() {
            case "inf", "infinity": magnitude = .infinity
            case "nan": magnitude = .nan
            default: throw expected("a number")
            }
        case .number(let text):
            guard let number = Self.decimal(text) else { throw fault(.malformedNumber(text)) }
            magnitude = number
        default:
            throw expected("a number")
        }
        try tokenizer.advance()
        return isNegative ? -magnitude : magnitude
    }

    /// Digits with an optional fraction, exponent and suffix `f`; no octal and no hexadecimal form.
    private static func decimal(_ text: String) -> Double? {
        var digits = text[...]
        if digits.hasSuffix("f") || digits.hasSuffix("F") { digits.removeLast() }
        let isFraction = digits.contains { $0 == "." || $0 == "e" || $0 == "E" }
        let isOctal = digits.hasPrefix("0") && digits.utf8.count > 1 && !isFraction
        let hasOnlyDecimals = digits.utf8.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || [UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "+"), UInt8(ascii: "-")]
                    .contains(byte)
        }
        return isOctal || !hasOnlyDecimals ? nil : Double(digits)
    }
}
