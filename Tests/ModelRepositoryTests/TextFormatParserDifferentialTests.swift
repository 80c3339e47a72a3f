import Testing

@testable import ModelRepository

/// What protobuf itself makes of texts, written by `Fixtures/write_text_format_cases.py`, against this parser and the
/// JSON writer.
struct TextFormatParserDifferentialTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var name: String
        var text: [UInt8]
        /// nil: refused.
        var json: String?

        var testDescription: String { name }
    }

    /// Python's parser is not the one that Triton uses.
    ///
    /// Where they differ the C++ one is followed: it takes space behind a minus sign, refuses unknown escapes and plus
    /// signs, and knows the escaped question mark.
    static let pythonDiffers: Set<String> = [
        "negative with a space", "unknown escape", "plus sign", "escaped question mark",
    ]

    static let cases: [Case] = {
        guard let file = try? RepositoryFixture.bytes("text_format.txt") else { return [] }
        var cases: [Case] = []
        var current = Case(name: "", text: [])
        for line in file.split(separator: 0x0A, omittingEmptySubsequences: false) {
            let text = String(decoding: line, as: UTF8.self)
            if text.hasPrefix("=== ") {
                current = Case(name: String(text.dropFirst(4)), text: [])
            } else if text.hasPrefix("--- ") {
                let json = String(text.dropFirst(4))
                current.json = json == "refused" ? nil : json
                current.text.removeLast()
                cases.append(current)
            } else {
                current.text.append(contentsOf: line)
                current.text.append(0x0A)
            }
        }
        return cases
    }()

    @Test func `the fixture holds its cases`() {
        #expect(Self.cases.count >= 80)
    }

    @Test(arguments: cases)
    func `a text means what it means to protobuf`(_ example: Case) throws {
        let schema = ModelConfigurationSchema.modelConfiguration.withoutTreatment
        var json: String?
        do throws(TextFormatFault) {
            let message = try TextFormatParser.parse(example.text, as: schema)
            json = String(decoding: MessageJSON.bytes(of: message), as: UTF8.self)
        } catch {
            #expect(error.position.column > 0)
        }
        if Self.pythonDiffers.contains(example.name) {
            #expect(json != example.json, "Python has come to the other view")
        } else {
            #expect(json == example.json)
        }
    }

    @Test(arguments: cases.filter { $0.json != nil })
    func `a text cut at any byte gives a fault or a message, never a crash`(_ example: Case) {
        let schema = ModelConfigurationSchema.modelConfiguration
        for count in 0...example.text.count {
            _ = try? TextFormatParser.parse(Array(example.text.prefix(count)), as: schema)
        }
    }
}
