/// The fields of one protobuf message: what the text parser accepts and what the JSON writer prints.
package final class MessageSchema: Sendable {
    /// What this server does with a field that a file sets.
    package enum Treatment: Sendable, Equatable {
        case obeyed
        /// Read and kept without effect; the sentence goes to the log.
        case noted(String)
        /// The file is refused with the sentence.
        case refused(String)
    }

    /// The type of a field's values.
    package indirect enum Kind: Sendable {
        case int32, int64, uint32, uint64, float, double, boolean, string
        case enumeration(EnumerationSchema)
        case message(MessageSchema)
    }

    /// How often a field may be given.
    package enum Cardinality: Sendable, Equatable {
        case singular, repeated
        /// Repeated entries with the fields `key` and `value`.
        case map
    }

    /// One field of a message.
    package struct Field: Sendable {
        package var name: String
        package var number: Int
        package var kind: Kind
        package var cardinality: Cardinality
        /// Fields of one message with the same choice exclude each other.
        package var choice: String?
        package var treatment: Treatment
    }

    package let name: String
    /// In the order in which JSON prints them.
    package let fields: [Field]

    init(_ name: String, _ fields: [Field]) {
        self.name = name
        self.fields = fields
    }

    func fieldIndex(named name: String) -> Int? {
        fields.firstIndex { $0.name == name }
    }
}

/// The names and numbers of a protobuf enumeration.
package struct EnumerationSchema: Sendable {
    package let name: String
    package let values: [(name: String, number: Int)]

    init(_ name: String, _ values: [(name: String, number: Int)]) {
        self.name = name
        self.values = values
    }

    func number(named name: String) -> Int? { values.first { $0.name == name }?.number }

    func name(of number: Int) -> String? { values.first { $0.number == number }?.name }
}

extension MessageSchema.Field {
    static func field(
        _ name: String, _ number: Int, _ kind: MessageSchema.Kind, _ treatment: MessageSchema.Treatment = .obeyed,
        choice: String? = nil
    ) -> Self {
        Self(
            name: name, number: number, kind: kind, cardinality: .singular, choice: choice, treatment: treatment)
    }

    static func repeated(
        _ name: String, _ number: Int, _ kind: MessageSchema.Kind, _ treatment: MessageSchema.Treatment = .obeyed
    ) -> Self {
        Self(name: name, number: number, kind: kind, cardinality: .repeated, choice: nil, treatment: treatment)
    }

    static func map(
        _ name: String, _ number: Int, key: MessageSchema.Kind, value: MessageSchema.Kind,
        _ treatment: MessageSchema.Treatment = .obeyed
    ) -> Self {
        let entry = MessageSchema("\(name) entry", [.field("key", 1, key), .field("value", 2, value)])
        return Self(
            name: name, number: number, kind: .message(entry), cardinality: .map, choice: nil, treatment: treatment)
    }
}

extension MessageSchema.Kind {
    /// The type's name as a schema file writes it.
    var name: String {
        switch self {
        case .int32: "int32"
        case .int64: "int64"
        case .uint32: "uint32"
        case .uint64: "uint64"
        case .float: "float"
        case .double: "double"
        case .boolean: "bool"
        case .string: "string"
        case .enumeration(let schema): schema.name
        case .message(let schema): schema.name
        }
    }
}
