import Testing

@testable import TextEmbedding

@Suite struct VocabularyTests {
    private func read(_ text: String) throws(TextEmbeddingFault) -> Vocabulary {
        try Vocabulary(Array(text.utf8).span)
    }

    private static let special = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n"

    @Test func `words have the numbers of their lines`() throws {
        let vocabulary = try read(Self.special + "the\r\n##s\nlast")
        #expect(vocabulary.count == 8)
        #expect(vocabulary.unknown == 1 && vocabulary.beginning == 2 && vocabulary.end == 3)
        let tokenizer = WordPieceTokenizer(vocabulary)
        var tokens: [Int32] = []
        var scratch = TokenizerScratch()
        tokenizer.append(Array("The thes LAST x".utf8).span, limit: 100, to: &tokens, scratch: &scratch)
        #expect(tokens == [2, 5, 5, 6, 7, 1, 3])
    }

    @Test func `a special word has to be there`() {
        #expect(throws: TextEmbeddingFault(.missing, field: "[MASK]")) { try read("[PAD]\n[UNK]\n[CLS]\n[SEP]\n") }
    }

    @Test func `words are different`() {
        #expect(throws: TextEmbeddingFault(.expected("different words"), field: "line 7")) {
            try read(Self.special + "a\na\n")
        }
    }

    @Test func `a file keeps to the limit of bytes`() {
        let count = TextEmbeddingLimits.vocabularyByteCount
        let fault = TextEmbeddingFault(.limit(what: "bytes", value: count + 1, limit: count))
        #expect(throws: fault) { try Vocabulary([UInt8](repeating: 0x61, count: count + 1).span) }
    }

    @Test func `a file keeps to the limit of words`() {
        let count = TextEmbeddingLimits.vocabularyWordCount
        let fault = TextEmbeddingFault(.limit(what: "words", value: count + 1, limit: count))
        #expect(throws: fault) { try Vocabulary([UInt8](repeating: 0x0A, count: count + 1).span) }
    }
}
