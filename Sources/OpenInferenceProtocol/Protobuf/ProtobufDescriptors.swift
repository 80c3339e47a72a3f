import LinuxSystem

/// What is known about the messages and services of the server's definitions, read from their descriptors.
///
/// The same bytes answer reflection; so what a client is told and what the server writes cannot differ.
///
/// - Isolation: any thread; immutable.
struct ProtobufDescriptors: Sendable {
    /// A message: its fields by their names.
    struct Message: Sendable {
        var fields: [String: Field] = [:]
        /// Whether it is an entry of a map, with the fields `key` and `value`.
        var isMapEntry = false
    }

    /// A field of a message.
    struct Field: Equatable, Sendable {
        var number: UInt32 = 0
        var kind = ProtobufKind.string
        var isRepeated = false
        /// Whether it is a member of a choice, so that even a default is written.
        var isInChoice = false
        /// The full name of its message or enumeration; empty for others.
        var typeName = ""
    }

    /// A file as reflection gives it.
    struct File: Sendable {
        let bytes: [UInt8]
        var name = ""
        var dependencies: [String] = []
    }

    /// Files in the order of their dependencies.
    private(set) var files: [File] = []
    /// By their full names, without a dot in front.
    private(set) var messages: [String: Message] = [:]
    /// The numbers of the values of enumerations.
    private(set) var enumerations: [String: [String: Int32]] = [:]
    /// In which file a message, an enumeration, a service or a call is defined, by its full name.
    private(set) var fileIndexes: [String: Int] = [:]
    /// The services, in the order of the files.
    private(set) var services: [String] = []

    /// Those of the definitions of this module.
    static let shared = ProtobufDescriptors(DescriptorTexts.all)

    /// Reads descriptors in base64.
    ///
    /// - Precondition: the texts are what the definitions were compiled to.
    private init(_ texts: [String]) {
        for text in texts {
            var decoder = RFC4648Decoder(capacity: text.utf8.count)
            let isSound = text.utf8.allSatisfy { decoder.take($0) }
            guard isSound, let bytes = decoder.finish() else { preconditionFailure("descriptors are in base64") }
            do throws(ProtobufFault) {
                try read(bytes)
            } catch {
                preconditionFailure("descriptors are messages: \(error.sentence)")
            }
        }
    }

    /// A message of the definitions.
    func message(_ name: String) -> Message {
        guard let message = messages[name] else { preconditionFailure("there is no message \(name)") }
        return message
    }

    // MARK: Reading

    private mutating func read(_ content: [UInt8]) throws(ProtobufFault) {
        var file = File(bytes: content)
        let bytes = content.span
        var package = ""
        var reader = ProtobufReader(bytes.indices)
        while let field = try reader.next(DescriptorFields.File.self, in: bytes) {
            let range = field.content.range
            switch field.name {
            case .name: file.name = bytes.text(range)
            case .package: package = bytes.text(range)
            case .dependency: file.dependencies.append(bytes.text(range))
            case .messageType: try readMessage(range, in: package, bytes)
            case .enumType: try readEnumeration(range, in: package, bytes)
            case .service: try readService(range, in: package, bytes)
            }
        }
        files.append(file)
    }

    private mutating func define(_ name: String, in scope: String) -> String {
        let full = "\(scope).\(name)"
        fileIndexes[full] = files.count
        return full
    }

    private mutating func readMessage(_ message: Range<Int>, in scope: String, _ bytes: Span<UInt8>)
        throws(ProtobufFault)
    {
        var name = ""
        var result = Message()
        var reader = ProtobufReader(message)
        while let part = try reader.next(DescriptorFields.Message.self, in: bytes) {
            let range = part.content.range
            switch part.name {
            case .name: name = define(bytes.text(range), in: scope)
            case .field:
                let field = try Self.field(range, bytes)
                result.fields[field.name] = field.field
            case .nestedType: try readMessage(range, in: name, bytes)
            case .enumType: try readEnumeration(range, in: name, bytes)
            case .options:
                var options = ProtobufReader(range)
                while let option = try options.next(DescriptorFields.MessageOptions.self, in: bytes) {
                    result.isMapEntry = option.content.bits != 0
                }
            }
        }
        messages[name] = result
    }

    private static func field(
        _ field: Range<Int>, _ bytes: Span<UInt8>
    ) throws(ProtobufFault) -> (name: String, field: Field) {
        var name = ""
        var result = Field()
        var reader = ProtobufReader(field)
        while let part = try reader.next(DescriptorFields.Field.self, in: bytes) {
            switch part.name {
            case .name: name = bytes.text(part.content.range)
            case .number: result.number = UInt32(part.content.bits)
            case .label: result.isRepeated = part.content.bits == 3
            case .type: result.kind = kind(ofType: part.content.bits)
            // The name begins with a dot.
            case .typeName: result.typeName = String(bytes.text(part.content.range).dropFirst())
            case .oneofIndex: result.isInChoice = true
            }
        }
        return (name, result)
    }

    /// - Source: descriptor.proto, `FieldDescriptorProto.Type`.
    private static func kind(ofType number: UInt64) -> ProtobufKind {
        switch number {
        case 1: .double
        case 2: .float
        case 3: .int64
        case 4: .uint64
        case 5: .int32
        case 8: .bool
        case 9: .string
        case 11: .message
        case 12: .bytes
        case 13: .uint32
        case 14: .enumeration
        default: preconditionFailure("the definitions use no other types")
        }
    }

    private mutating func readEnumeration(
        _ enumeration: Range<Int>, in scope: String, _ bytes: Span<UInt8>
    ) throws(ProtobufFault) {
        var name = ""
        var values: [String: Int32] = [:]
        var reader = ProtobufReader(enumeration)
        while let part = try reader.next(DescriptorFields.Enumeration.self, in: bytes) {
            guard part.name == .value else {
                name = define(bytes.text(part.content.range), in: scope)
                continue
            }
            var valueName = ""
            var number: Int32 = 0
            var value = ProtobufReader(part.content.range)
            while let field = try value.next(DescriptorFields.EnumerationValue.self, in: bytes) {
                switch field.name {
                case .name: valueName = bytes.text(field.content.range)
                case .number: number = Int32(truncatingIfNeeded: field.content.bits)
                }
            }
            values[valueName] = number
        }
        enumerations[name] = values
    }

    private mutating func readService(_ service: Range<Int>, in scope: String, _ bytes: Span<UInt8>)
        throws(ProtobufFault)
    {
        var name = ""
        var reader = ProtobufReader(service)
        while let part = try reader.next(DescriptorFields.Service.self, in: bytes) {
            guard part.name == .method else {
                name = define(bytes.text(part.content.range), in: scope)
                services.append(name)
                continue
            }
            var method = ProtobufReader(part.content.range)
            while let field = try method.next(DescriptorFields.Method.self, in: bytes) {
                _ = define(bytes.text(field.content.range), in: name)
            }
        }
    }
}
