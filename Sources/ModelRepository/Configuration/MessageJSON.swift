/// Writes a message as JSON in protobuf's mapping, in the form that Triton's configuration endpoint has: proto field
/// names, primitive defaults printed, 64-bit integers as numbers, enumerations by name.
///
/// - Source: protobuf documentation, *ProtoJSON Format*, with `always_print_fields_with_no_presence` and preserved
///   names; 64-bit integers deviate as in Triton's `ModelConfigToJson`.
enum MessageJSON {
    static func text(of message: MessageValue) -> String {
        var text = ""
        write(message, into: &text)
        return text
    }

    private static func write(_ message: MessageValue, into text: inout String) {
        text += "{"
        var isFirst = true
        for field in message.schema.fields {
            let contents = message.contents(field.name)
            // Messages and members of a choice are printed only where they were set.
            if contents.isEmpty && field.cardinality == .singular && (field.choice != nil || field.isMessage) {
                continue
            }
            if !isFirst { text += "," }
            isFirst = false
            text += JSONText.string(field.name)
            text += ":"
            switch field.cardinality {
            case .singular: write(contents.last ?? field.defaultContent, field, into: &text)
            case .repeated: write(list: contents, field, into: &text)
            case .map: write(map: contents, into: &text)
            }
        }
        text += "}"
    }

    private static func write(list: [MessageValue.Content], _ field: MessageSchema.Field, into text: inout String) {
        text += "["
        for (index, content) in list.enumerated() {
            if index > 0 { text += "," }
            write(content, field, into: &text)
        }
        text += "]"
    }

    /// The last of several entries with one key counts; keys are printed in ascending order.
    private static func write(map: [MessageValue.Content], into text: inout String) {
        var values: [String: (MessageValue.Content, MessageSchema.Field)] = [:]
        for case .message(let entry) in map {
            let key = entry.schema.fields[0]
            let value = entry.schema.fields[1]
            let keyText = plainText(entry.contents("key").last ?? key.defaultContent)
            values[keyText] = (entry.contents("value").last ?? value.defaultContent, value)
        }
        text += "{"
        for (index, (key, value)) in values.sorted(by: { $0.key < $1.key }).enumerated() {
            if index > 0 { text += "," }
            text += JSONText.string(key)
            text += ":"
            write(value.0, value.1, into: &text)
        }
        text += "}"
    }

    private static func write(
        _ content: MessageValue.Content, _ field: MessageSchema.Field, into text: inout String
    ) {
        switch content {
        case .message(let message): write(message, into: &text)
        case .scalar(.text(let string)): text += JSONText.string(string)
        case .scalar(.enumeration(let number)):
            guard case .enumeration(let schema) = field.kind, let name = schema.name(of: number) else {
                text += "\(number)"
                return
            }
            text += JSONText.string(name)
        case .scalar(.real(let number)) where !number.isFinite:
            text += JSONText.string(number.isNaN ? "NaN" : number < 0 ? "-Infinity" : "Infinity")
        case .scalar(.real(let number)):
            // A float field prints as the shortest text of its own precision.
            if case .float = field.kind { text += "\(Float(number))" } else { text += "\(number)" }
        case .scalar: text += plainText(content)
        }
    }

    private static func plainText(_ content: MessageValue.Content) -> String {
        switch content {
        case .scalar(.integer(let number)): "\(number)"
        case .scalar(.unsigned(let number)): "\(number)"
        case .scalar(.boolean(let truth)): truth ? "true" : "false"
        case .scalar(.text(let string)): string
        case .scalar(.real), .scalar(.enumeration), .message:
            preconditionFailure("neither a key of a map nor a plain scalar")
        }
    }
}

extension MessageSchema.Field {
    fileprivate var isMessage: Bool {
        if case .message = kind { return true }
        return false
    }

    fileprivate var defaultContent: MessageValue.Content {
        switch kind {
        case .int32, .int64: .scalar(.integer(0))
        case .uint32, .uint64: .scalar(.unsigned(0))
        case .float, .double: .scalar(.real(0))
        case .boolean: .scalar(.boolean(false))
        case .string: .scalar(.text(""))
        case .enumeration: .scalar(.enumeration(0))
        case .message(let schema): .message(MessageValue(schema: schema))
        }
    }
}
