import JSONSyntax
import LinuxSystem

/// Reads a message from JSON in protobuf's mapping, as load requests bring configurations.
///
/// Names of fields may be those of the schema or their lowerCamelCase forms; numbers may stand in quotation marks;
/// enumerations are names or numbers; null stands for an absent field. Fields that this server does not act on are
/// treated as in a file of text format.
///
/// - Complexity: linear in the text; depth and bytes are limited by `ModelRepositoryLimits`.
/// - Source: protobuf documentation, *ProtoJSON Format*.
struct MessageJSONReader {
    private var cursor: JSONCursor
    private var path: [String] = []
    private var notices: [TextFormatParser.Notice] = []
    /// Up to where lines were counted, and the place there.
    private var countedOffset = 0
    private var countedPosition = TextPosition.start

    /// Reads a whole document.
    static func parse(
        _ bytes: Span<UInt8>, as schema: MessageSchema
    ) throws(TextFormatFault) -> (message: MessageValue, notices: [TextFormatParser.Notice]) {
        let limit = ModelRepositoryLimits.textFormatByteLimit
        guard bytes.count <= limit else {
            throw TextFormatFault(.tooLarge(byteCount: bytes.count, limit: limit), at: .start)
        }
        var reader = MessageJSONReader()
        guard case .beginObject = try reader.next(bytes) else {
            throw TextFormatFault(.expected("an object", found: "another value"), at: .start)
        }
        let message = try reader.message(schema, bytes)
        _ = try reader.next(bytes)
        return (message, reader.notices)
    }

    private init() {
        // A list between each two messages.
        cursor = JSONCursor(depthLimit: 2 * ModelRepositoryLimits.textFormatDepthLimit)
    }

    private mutating func next(_ bytes: Span<UInt8>) throws(TextFormatFault) -> JSONToken {
        do throws(JSONFault) {
            return try cursor.next(in: bytes)
        } catch {
            throw TextFormatFault(.meaningless("invalid JSON: \(error.message)"), at: position(error.offset, bytes))
        }
    }

    /// The line and column of an offset that is not in front of one asked for before.
    private mutating func position(_ offset: Int, _ bytes: Span<UInt8>) -> TextPosition {
        while countedOffset < min(offset, bytes.count) {
            if bytes[countedOffset] == UInt8(ascii: "\n") {
                countedPosition = TextPosition(line: countedPosition.line + 1, column: 1)
            } else {
                countedPosition.column += 1
            }
            countedOffset += 1
        }
        return countedPosition
    }

    // MARK: Messages

    /// Reads the members of an object whose brace has been read.
    private mutating func message(
        _ schema: MessageSchema, _ bytes: Span<UInt8>
    ) throws(TextFormatFault) -> MessageValue {
        var message = MessageValue(schema: schema, position: position(cursor.offset - 1, bytes))
        while case .key(let key) = try next(bytes) {
            let place = position(key.range.lowerBound - 1, bytes)
            let name = JSONString.decode(key, in: bytes)
            guard let index = schema.fields.firstIndex(where: { $0.name == name || Self.camelCase($0.name) == name })
            else {
                let nearest = NearestName.among(schema.fields.map(\.name), to: name)
                throw TextFormatFault(.unknownField(name, message: schema.name, nearest: nearest), at: place)
            }
            try field(schema.fields[index], at: index, place, into: &message, bytes)
        }
        return message
    }

    private mutating func field(
        _ field: MessageSchema.Field, at index: Int, _ place: TextPosition, into message: inout MessageValue,
        _ bytes: Span<UInt8>
    ) throws(TextFormatFault) {
        let first = try next(bytes)
        if case .null = first { return }
        try check(field, at: index, place, in: message)
        path.append(field.name)
        defer { path.removeLast() }
        let contents = try contents(of: field, first, bytes)
        // A client that stores what the configuration endpoint prints sends defaults of fields that nobody has set.
        let isUnset = field.cardinality == .singular ? contents.allSatisfy(\.isDefault) : contents.isEmpty
        if field.treatment != .obeyed, isUnset { return }
        try note(field, place)
        for content in contents {
            message.append(MessageValue.Entry(fieldIndex: index, content: content, position: place))
        }
    }

    private mutating func contents(
        of field: MessageSchema.Field, _ first: JSONToken, _ bytes: Span<UInt8>
    ) throws(TextFormatFault) -> [MessageValue.Content] {
        var contents: [MessageValue.Content] = []
        switch (field.cardinality, first) {
        case (.singular, _): contents = [try content(field, first, bytes)]
        case (.repeated, .beginArray):
            while true {
                let token = try next(bytes)
                if case .endArray = token { break }
                contents.append(try content(field, token, bytes))
            }
        case (.repeated, _): throw fault(.expected("a list for '\(field.name)'", found: "another value"), bytes)
        case (.map, .beginObject):
            guard case .message(let schema) = field.kind else { preconditionFailure("entries of maps are messages") }
            while case .key(let key) = try next(bytes) {
                contents.append(.message(try entry(schema, key, bytes)))
            }
        case (.map, _): throw fault(.expected("an object for '\(field.name)'", found: "another value"), bytes)
        }
        return contents
    }

    /// Reads one member of a map.
    private mutating func entry(
        _ schema: MessageSchema, _ key: JSONStringRange, _ bytes: Span<UInt8>
    ) throws(TextFormatFault) -> MessageValue {
        var entry = MessageValue(schema: schema, position: position(key.range.lowerBound - 1, bytes))
        entry.set("key", .scalar(try scalar(of: schema.fields[0], text: JSONString.decode(key, in: bytes), bytes)))
        entry.set("value", try content(schema.fields[1], try next(bytes), bytes))
        return entry
    }

    private func check(
        _ field: MessageSchema.Field, at index: Int, _ place: TextPosition, in message: MessageValue
    ) throws(TextFormatFault) {
        for entry in message.entries {
            if entry.fieldIndex == index { throw TextFormatFault(.repeatedSingularField(field.name), at: place) }
            let other = message.schema.fields[entry.fieldIndex]
            if let choice = field.choice, choice == other.choice {
                throw TextFormatFault(.alreadyChosen(field.name, other: other.name), at: place)
            }
        }
    }

    private mutating func note(_ field: MessageSchema.Field, _ place: TextPosition) throws(TextFormatFault) {
        let name = path.joined(separator: ".")
        switch field.treatment {
        case .obeyed: break
        case .noted(let sentence):
            guard notices.count < ModelRepositoryLimits.noticeLimit else { return }
            notices.append(TextFormatParser.Notice(position: place, field: name, sentence: sentence))
        case .refused(let why): throw TextFormatFault(.notServed(field: name, why: why), at: place)
        }
    }

    /// `max_batch_size` as `maxBatchSize`.
    private static func camelCase(_ name: String) -> String {
        var result = ""
        var isWordStart = false
        for character in name {
            if character == "_" {
                isWordStart = true
            } else {
                result += isWordStart ? character.uppercased() : String(character)
                isWordStart = false
            }
        }
        return result
    }

    // MARK: Values

    private mutating func fault(_ reason: TextFormatFault.Reason, _ bytes: Span<UInt8>) -> TextFormatFault {
        TextFormatFault(reason, at: position(cursor.offset, bytes))
    }

    private mutating func content(
        _ field: MessageSchema.Field, _ token: JSONToken, _ bytes: Span<UInt8>
    ) throws(TextFormatFault) -> MessageValue.Content {
        if case .message(let schema) = field.kind {
            guard case .beginObject = token else {
                throw fault(.expected("an object for '\(field.name)'", found: "another value"), bytes)
            }
            return .message(try message(schema, bytes))
        }
        switch (token, field.kind) {
        case (.true, .boolean): return .scalar(.boolean(true))
        case (.false, .boolean): return .scalar(.boolean(false))
        case (.string(let string), .string): return .scalar(.text(JSONString.decode(string, in: bytes)))
        case (.string, .boolean), (.number, .boolean), (.number, .string):
            throw fault(.expected("\(field.kind.name) for '\(field.name)'", found: "another value"), bytes)
        case (.string(let string), _):
            return .scalar(try scalar(of: field, text: JSONString.decode(string, in: bytes), bytes))
        case (.number(let range), _): return .scalar(try scalar(of: field, text: bytes.text(range), bytes))
        default: throw fault(.expected("\(field.kind.name) for '\(field.name)'", found: "another value"), bytes)
        }
    }

    /// Reads a scalar from the text of a string, a number or a map's key.
    private mutating func scalar(
        of field: MessageSchema.Field, text: String, _ bytes: Span<UInt8>
    ) throws(TextFormatFault) -> MessageValue.Scalar {
        switch field.kind {
        case .string: return .text(text)
        case .int32:
            if let number = Self.integer(text, as: Int32.self) { return .integer(Int64(number)) }
        case .int64:
            if let number = Self.integer(text, as: Int64.self) { return .integer(number) }
        case .uint32:
            if let number = Self.integer(text, as: UInt32.self) { return .unsigned(UInt64(number)) }
        case .uint64:
            if let number = Self.integer(text, as: UInt64.self) { return .unsigned(number) }
        case .float:
            if let number = Self.real(text) { return .real(Double(Float(number))) }
        case .double:
            if let number = Self.real(text) { return .real(number) }
        case .boolean:
            if text == "true" || text == "false" { return .boolean(text == "true") }
        case .enumeration(let schema):
            if let number = schema.number(named: text) { return .enumeration(number) }
            if let number = Int(text), schema.name(of: number) != nil { return .enumeration(number) }
            let nearest = NearestName.among(schema.values.map(\.name), to: text)
            throw fault(.unknownEnumerationValue(text, field: field.name, nearest: nearest), bytes)
        case .message: preconditionFailure("a message is no scalar")
        }
        throw fault(.outOfRange(text, kind: field.kind.name), bytes)
    }

    /// An integer, also where it is written with a fraction of zero or an exponent.
    private static func integer<Number: FixedWidthInteger>(_ text: String, as type: Number.Type) -> Number? {
        if let number = Number(text) { return number }
        guard text.contains(where: { ".eE".contains($0) }), let number = Double(text) else { return nil }
        return Number(exactly: number)
    }

    private static func real(_ text: String) -> Double? {
        switch text {
        case "NaN": .nan
        case "Infinity": .infinity
        case "-Infinity": -.infinity
        default: text.utf8.allSatisfy { $0 < 0x41 || $0 | 0x20 == UInt8(ascii: "e") } ? Double(text) : nil
        }
    }
}

extension MessageValue.Content {
    /// Whether an absent field means the same.
    fileprivate var isDefault: Bool {
        switch self {
        case .scalar(.integer(0)), .scalar(.unsigned(0)), .scalar(.real(0)), .scalar(.boolean(false)),
            .scalar(.text("")), .scalar(.enumeration(0)):
            true
        case .scalar, .message: false
        }
    }
}
