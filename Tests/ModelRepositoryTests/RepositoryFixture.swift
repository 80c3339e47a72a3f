import LinuxSystem

@testable import ModelRepository

/// Files beside the tests, and texts as the bytes that parsers take.
enum RepositoryFixture {
    /// The content of a file in `Fixtures`.
    static func bytes(_ name: String, testFile: String = #filePath) throws -> [UInt8] {
        let folder = testFile.split(separator: "/").dropLast().joined(separator: "/")
        return try file("/" + folder + "/Fixtures/" + name)
    }

    /// The content of a file of the package.
    static func source(_ path: String, testFile: String = #filePath) throws -> [UInt8] {
        let root = testFile.split(separator: "/").dropLast(3).joined(separator: "/")
        return try file("/" + root + "/" + path)
    }

    static func file(_ path: String) throws -> [UInt8] {
        let content = try FileSystem.read(path, byteCountLimit: 64 << 20)
        return content.withBytes { bytes in
            var copy: [UInt8] = []
            copy.reserveCapacity(bytes.count)
            for index in bytes.indices { copy.append(bytes[index]) }
            return copy
        }
    }
}

extension TextFormatParser {
    static func parse(
        _ bytes: [UInt8], as schema: MessageSchema = ModelConfigurationSchema.modelConfiguration
    ) throws(TextFormatFault) -> MessageValue {
        try parse(bytes.span, as: schema).message
    }

    /// The fault that a text causes, as it is printed.
    static func printedFault(
        _ text: String, as schema: MessageSchema = ModelConfigurationSchema.modelConfiguration
    ) -> String? {
        do throws(TextFormatFault) {
            _ = try parse(Array(text.utf8), as: schema)
            return nil
        } catch {
            return error.description
        }
    }
}

extension MessageSchema {
    /// The same schema with every field obeyed: what the format itself permits.
    var withoutTreatment: MessageSchema {
        MessageSchema(
            name,
            fields.map { field in
                var field = field
                field.treatment = .obeyed
                if case .message(let schema) = field.kind { field.kind = .message(schema.withoutTreatment) }
                return field
            })
    }
}
