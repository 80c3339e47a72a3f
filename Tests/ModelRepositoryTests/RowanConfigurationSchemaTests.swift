import Testing

@testable import ModelRepository

/// The table of `rowan.pbtxt` against its schema file, read by a few lines that know only what that file uses.
struct RowanConfigurationSchemaTests {
    @Test func `the parser's table equals the schema file`() throws {
        let text = String(
            decoding: try RepositoryFixture.source("Sources/ModelRepository/RowanConfiguration.proto"), as: UTF8.self)
        // Fields of options are compared with the options, where those are known.
        let expected = Set(Self.listing(ofSchemaFile: text).filter { !Self.isOption($0) })
        let found = Set(
            SchemaListing.lines(of: RowanConfigurationSchema.rowanConfiguration)
                + SchemaListing.lines(of: ServerConfigurationSchema.serverConfiguration()))
        #expect(expected.count > 50)
        #expect(found.subtracting(expected).sorted() == [])
        #expect(expected.subtracting(found).sorted() == [])
    }

    @Test func `a number is used once per message`() {
        let all =
            SchemaListing.lines(of: RowanConfigurationSchema.rowanConfiguration)
            + SchemaListing.lines(of: ServerConfigurationSchema.serverConfiguration())
        let lines = all.filter { !$0.hasPrefix("enum") }
        let keys = lines.map { line in
            let words = line.split(separator: " ")
            return "\(words[0]) \(words[2])"
        }
        #expect(Set(keys).count == keys.count)
    }

    private static func isOption(_ line: String) -> Bool {
        let words = line.split(separator: " ")
        return words[0] == "rowan.ServerConfiguration" && (Int(words[2]) ?? 0) >= ServerConfigurationSchema.firstOption
    }

    static func listing(ofSchemaFile text: String) -> [String] {
        let statements = text.split(separator: "\n")
            .map { line in line.split(separator: "//", maxSplits: 1, omittingEmptySubsequences: false)[0] }
            .map { $0.split(separator: " ").map { $0.filter { $0 != ";" } } }
        let scalars: Set<String> = ["int32", "int64", "uint32", "uint64", "float", "double", "bool", "string"]
        var path: [String] = []
        var choice = "-"
        var lines: [String] = []
        var enumeration: [String] = []
        var enumerationNames: [String: String] = [:]
        for words in statements where !words.isEmpty {
            switch words[0] {
            case "syntax", "package": continue
            case "message":
                if words.last == "{}" { continue }
                path.append(words[1])
            case "enum":
                path.append("enum")
                enumerationNames[words[1]] = "rowan." + (path.dropLast() + [words[1]]).joined(separator: ".")
                enumeration = [enumerationNames[words[1]] ?? ""]
            case "oneof":
                path.append("oneof")
                choice = words[1]
            case "}":
                switch path.removeLast() {
                case "enum": lines.append("enum \(enumeration[0]) \(enumeration.dropFirst().joined(separator: ","))")
                case "oneof": choice = "-"
                default: break
                }
            default:
                if path.last == "enum" {
                    enumeration.append("\(words[0])=\(words[2])")
                    continue
                }
                let isLabelled = words[0] == "repeated" || words[0] == "optional"
                let field = isLabelled ? Array(words.dropFirst()) : words
                let type = scalars.contains(field[0]) ? field[0] : enumerationNames[field[0]] ?? "rowan." + field[0]
                let message = "rowan." + path.filter { $0 != "oneof" }.joined(separator: ".")
                let cardinality = words[0] == "repeated" ? "repeated" : "singular"
                lines.append("\(message) \(field[1]) \(field[3]) \(cardinality) \(type) \(choice)")
            }
        }
        return lines
    }
}
