import JSONSyntax
import LinuxSystem
import TestSupport
import Testing

@testable import TextEmbedding

// Goal: the same tokens as the package tokenizers, for texts of all scripts. Method: a few hundred cases stand in the
// fixture with their tokens; thousands follow from a seed, and the fixture has hashes of their tokens by the thousand.
@Suite struct WordPieceTokenizerTests {
    private static let fixture: JSONValue? = {
        guard let bytes = try? FixtureFile.bytes("tokens.json") else { return nil }
        return JSONValue(bytes.span)
    }()

    private static let tokenizer: WordPieceTokenizer? = {
        guard EmbedderFolder.isThere(), let bytes = try? EmbedderFolder.bytes("vocab.txt") else { return nil }
        return (try? Vocabulary(bytes.span)).map { WordPieceTokenizer($0) }
    }()

    private func tokens(_ text: [UInt8], _ tokenizer: WordPieceTokenizer, limit: Int = 1 << 20) -> [Int32] {
        var tokens: [Int32] = []
        var scratch = TokenizerScratch()
        tokenizer.append(text.span, limit: limit, to: &tokens, scratch: &scratch)
        return tokens
    }

    @Test func `cases have the reference's tokens`() throws {
        let cases = try #require(Self.fixture?["cases"]?.elements)
        #expect(cases.count >= 400)
        guard let tokenizer = Self.tokenizer else { return }
        for each in cases {
            let scalars = try #require(each["scalars"]?.elements).map { UInt32($0.integer ?? -1) }
            let expected = try #require(each["ids"]?.elements).map { Int32($0.integer ?? -1) }
            #expect(tokens(SeededTexts.utf8(scalars), tokenizer) == expected, "\(scalars)")
        }
    }

    @Test func `texts of a seed have the reference's tokens`() throws {
        let fixture = try #require(Self.fixture)
        let hashes = try #require(fixture["hashes"]?.elements).compactMap(\.text)
        let blockSize = try #require(fixture["block_size"]?.integer)
        #expect(hashes.count * blockSize >= 20_000)
        guard let tokenizer = Self.tokenizer else { return }
        var texts = SeededTexts(seed: UInt64(try #require(fixture["seed"]?.integer)))
        for (number, expected) in hashes.enumerated() {
            var hash: UInt64 = 0xCBF2_9CE4_8422_2325
            for _ in 0..<blockSize {
                let tokens = tokens(SeededTexts.utf8(texts.text()), tokenizer)
                for value in [Int32(tokens.count)] + tokens {
                    for shift in [0, 8, 16, 24] {
                        let byte = UInt64(UInt8(truncatingIfNeeded: value >> Int32(shift)))
                        hash = (hash ^ byte) &* 0x100_0000_01B3
                    }
                }
            }
            let digits = String(hash, radix: 16)
            #expect(String(repeating: "0", count: 16 - digits.count) + digits == expected, "block \(number)")
        }
    }

    @Test func `a text is cut off at the limit of tokens`() throws {
        guard let tokenizer = Self.tokenizer else { return }
        let text = Array(Array(repeating: "the", count: 300).joined(separator: " ").utf8)
        let long = tokens(text, tokenizer)
        #expect(long.count == 302)
        for limit in [2, 3, 256, 302, 303] {
            let expected = long.count <= limit ? long : Array(long.prefix(limit - 1)) + [102]
            #expect(tokens(text, tokenizer, limit: limit) == expected)
        }
        let special = Array("a [SEP] b".utf8)
        #expect(tokens(special, tokenizer, limit: 3) == [101, 1037, 102])
        #expect(tokens(special, tokenizer, limit: 4) == [101, 1037, 102, 102])
    }

    @Test func `a word of more characters than the limit is unknown`() throws {
        guard let tokenizer = Self.tokenizer else { return }
        let count = TextEmbeddingLimits.charactersPerWord
        #expect(tokens(Array(repeating: 0x61, count: count), tokenizer).count > 3)
        #expect(tokens(Array(repeating: 0x61, count: count + 1), tokenizer) == [101, 100, 102])
    }

    @Test func `bytes that are no characters vanish`() throws {
        guard let tokenizer = Self.tokenizer else { return }
        let expected = tokens(Array("error".utf8), tokenizer)
        for bytes: [UInt8] in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82]] {
            #expect(tokens(Array("err".utf8) + bytes + Array("or".utf8), tokenizer) == expected, "\(bytes)")
        }
        #expect(tokens(Array("error".utf8) + [0xF0, 0x9F], tokenizer) == expected)
    }
}
