import Testing

@testable import ModelRepository

/// The table of `config.pbtxt` against protobuf's own descriptor.
struct ModelConfigurationSchemaTests {
    @Test func `every field has the number, type and choice of Triton's definition`() throws {
        let fixture = String(decoding: try RepositoryFixture.bytes("model_config_fields.txt"), as: UTF8.self)
        let expected = Set(fixture.split(separator: "\n").map { String($0) })
        let found = Set(SchemaListing.lines(of: ModelConfigurationSchema.modelConfiguration))
        #expect(found.subtracting(expected).sorted() == [])
        #expect(expected.subtracting(found).sorted() == [])
    }
}

/// One line per field and enumeration that a message leads to.
enum SchemaListing {
    static func lines(of schema: MessageSchema) -> [String] {
        var lines: [String] = []
        var done: Set<String> = []
        list(schema, into: &lines, done: &done)
        return lines
    }

    private static func list(_ schema: MessageSchema, into lines: inout [String], done: inout Set<String>) {
        guard done.insert(schema.name).inserted else { return }
        for field in schema.fields {
            var type = field.kind.name
            var inner = field.kind
            if field.cardinality == .map, case .message(let entry) = field.kind {
                type = entry.fields.map(\.kind.name).joined(separator: ",")
                inner = entry.fields[1].kind
            }
            lines.append(
                "\(schema.name) \(field.name) \(field.number) \(field.cardinality) \(type) \(field.choice ?? "-")")
            switch inner {
            case .message(let message): list(message, into: &lines, done: &done)
            case .enumeration(let enumeration) where done.insert(enumeration.name).inserted:
                let values = enumeration.values.map { "\($0.name)=\($0.number)" }.joined(separator: ",")
                lines.append("enum \(enumeration.name) \(values)")
            default: break
            }
        }
    }
}
