import TestSupport
import Testing

@testable import ModelRepository

/// Mutated configurations: the parser ends with a message or with a fault inside the text, always.
struct TextFormatParserPropertyTests {
    @Test func `no mutation of a configuration crashes the parser`() {
        var generator = SeededGenerator.forTest()
        let corpus = TextFormatParserDifferentialTests.cases.map(\.text)
        let pieces: [[UInt8]] = [
            "{", "}", "[", "]", "<", ">", ":", "\"", "'", "\\", "#", "\n", "-", "0x", "1e", "input", "\u{0}",
        ]
        .map { Array($0.utf8) }
        for _ in 0..<1_500 {
            var text = generator.element(of: corpus)
            for _ in 0...generator.int(in: 0...3) { mutate(&text, &generator, corpus: corpus, pieces: pieces) }
            let lineCount = text.count { $0 == 0x0A } + 1
            do throws(TextFormatFault) {
                let message = try TextFormatParser.parse(text)
                _ = MessageJSON.bytes(of: message)
                _ = try ModelConfiguration.read(text.span, directoryName: "m")
            } catch {
                #expect(error.position.line >= 1 && error.position.line <= lineCount)
                #expect(error.position.column >= 1 && error.position.column <= text.count + 1)
                #expect(!error.description.isEmpty)
            }
        }
    }

    private func mutate(
        _ text: inout [UInt8], _ generator: inout SeededGenerator, corpus: [[UInt8]], pieces: [[UInt8]]
    ) {
        let place = generator.int(in: 0...text.count)
        switch generator.int(in: 0...4) {
        case 0 where place < text.count: text[place] = UInt8(truncatingIfNeeded: generator.next())
        case 1 where place < text.count: text.removeSubrange(place..<min(place + generator.int(in: 1...8), text.count))
        case 2: text.insert(contentsOf: generator.element(of: pieces), at: place)
        case 3: text.insert(contentsOf: generator.element(of: corpus).prefix(200), at: place)
        default: text.removeLast(min(generator.int(in: 0...4), text.count))
        }
    }
}
