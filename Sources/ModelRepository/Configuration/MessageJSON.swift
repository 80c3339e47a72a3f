import LinuxSystem
import OpenInferenceProtocol

/// Writes a message as JSON in protobuf's mapping, in the form that Triton's configuration endpoint has: proto field
/// names, primitive defaults printed, 64-bit integers as numbers, enumerations by name.
///
/// - Source: protobuf documentation, *ProtoJSON Format*, with `always_print_fields_with_no_presence` and preserved
///   names; 64-bit integers deviate as in Triton's `ModelConfigToJson`.
enum MessageJSON {
    static func bytes(of message: MessageValue) -> [UInt8] {
        var json = ByteBuffer()
        write(message, to: &json)
        return json.withBytes { bytes in bytes.indices.map { bytes[$0] } }
    }

    private static func write(_ message: MessageValue, to json: inout ByteBuffer) {
        json.append("{")
        var isFirst = true
        for field in message.schema.fields {
            let contents = message.contents(field.name)
            // Messages and members of a choice are printed only where they were set.
            if contents.isEmpty && field.cardinality == .singular && (field.choice != nil || field.isMessage) {
                continue
            }
            if !isFirst { json.append(",") }
            isFirst = false
            json.appendJSONString(field.name)
            json.append(":")
            switch field.cardinality {
            case .singular: write(contents.last ?? field.defaultContent, field, to: &json)
            case .repeated: write(list: contents, field, to: &json)
            case .map: write(map: contents, to: &json)
            }
        }
        json.append("}")
    }

    private static func write(list: [MessageValue.Content], _ field: MessageSchema.Field, to json: inout ByteBuffer) {
        json.append("[")
        for (index, content) in list.enumerated() {
            if index > 0 { json.append(",") }
            write(content, field, to: &json)
        }
        json.append("]")
    }

    /// The last of several entries with one key counts; keys are printed in ascending order.
    private static func write(map: [MessageValue.Content], to json: inout ByteBuffer) {
        var values: [String: (MessageValue.Content, MessageSchema.Field)] = [:]
        for case .message(let entry) in map {
            let key = entry.schema.fields[0]
            let value = entry.schema.fields[1]
            let keyText = plainText(entry.contents("key").last ?? key.defaultContent)
            values[keyText] = (entry.contents("value").last ?? value.defaultContent, value)
        }
        json.append("{")
        for (index, (key, value)) in values.sorted(by: { $0.key < $1.key }).enumerated() {
            if index > 0 { json.append(",") }
            json.appendJSONString(key)
            json.append(":")
            write(value.0, value.1, to: &json)
        }
        json.append("}")
    }

    private static func write(
        _ content: MessageValue.Content, _ field: MessageSchema.Field, to json: inout ByteBuffer
    ) {
        switch content {
        case .message(let message): write(message, to: &json)
        case .scalar(.text(let string)): json.appendJSONString(string)
        case .scalar(.enumeration(let number)):
            guard case .enumeration(let schema) = field.kind, let name = schema.name(of: number) else {
                json.append("\(number)")
                return
            }
            json.appendJSONString(name)
        case .scalar(.real(let number)) where !number.isFinite:
            json.appendJSONString(number.isNaN ? "NaN" : number < 0 ? "-Infinity" : "Infinity")
        case .scalar(.real(let number)):
            // A float field prints as the shortest text of its own precision.
            if case .float = field.kind { json.append("\(Float(number))") } else { json.append("\(number)") }
        case .scalar: json.append(plainText(content))
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
