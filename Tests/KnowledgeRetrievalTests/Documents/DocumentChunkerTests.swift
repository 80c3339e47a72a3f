import Testing

@testable import KnowledgeRetrieval

@Suite struct DocumentChunkerTests {
    /// A token for each word.
    private static func words(_ text: String) -> Int { text.split { $0 == " " || $0 == "\n" }.count }

    private static func cut(_ text: String, _ rules: ChunkingRules, title: String = "T") -> [String] {
        let document = KnowledgeDocument(id: "a", title: title, text: text)
        return DocumentChunker(rules: rules, tokenCount: words).chunks(of: document).map { chunk in
            let heading = DocumentChunk.part(chunk.heading, of: text)
            return (heading.isEmpty ? "" : heading + "|") + DocumentChunk.part(chunk.text, of: text)
        }
    }

    @Test func `sections are chunks, and headings of the first level are no sections`() {
        let text = """
            # Disk full

            Words in front.

            ## Meaning

            The disk is full.
            ## Impact
            Writes fail.

            ## Empty

            """
        #expect(
            Self.cut(text, ChunkingRules()) == ["Words in front.", "Meaning|The disk is full.", "Impact|Writes fail."])
        #expect(DocumentText.title(of: text) == "Disk full")
        #expect(DocumentText.title(of: "no heading\n# Later") == nil)
    }

    @Test func `a chunk ends at the end of a sentence and holds as many as fit`() {
        let sentence = "one two three four five six seven eight nine ten."
        let text = Array(repeating: sentence, count: 10).joined(separator: " ")
        let chunks = Self.cut(text, ChunkingRules(tokenLimit: KnowledgeRetrievalLimits.chunkTokens.lowerBound))
        #expect(chunks.count == 4)
        #expect(chunks.allSatisfy { $0.hasSuffix("ten.") && Self.words($0) <= 31 })
        #expect(chunks.map(Self.words).reduce(0, +) == 100)
    }

    @Test func `chunks repeat sentences if they are to`() {
        let text = (0..<12).map { "s\($0) two three four five six seven eight nine ten." }.joined(separator: " ")
        let chunks = Self.cut(text, ChunkingRules(tokenLimit: 32, overlapSentences: 1))
        #expect(chunks.count > 5)
        for (chunk, next) in zip(chunks, chunks.dropFirst()) {
            let last = chunk.split(separator: ".").last?.split(separator: " ").first
            #expect(next.split(separator: " ").first == last)
        }
        let greedy = Self.cut(text, ChunkingRules(tokenLimit: 32, overlapSentences: 8))
        #expect(greedy.count == 10)
    }

    @Test func `no chunk has more characters than it may`() {
        let limit = KnowledgeRetrievalLimits.chunkCharacters.lowerBound
        let text = "Wörter und wörter " + String(repeating: "ä", count: 300) + " and more words that follow. The end."
        let chunks = Self.cut(text, ChunkingRules(characterLimit: limit))
        #expect(chunks.allSatisfy { $0.count <= limit })
        #expect(chunks.joined().count { $0 == "ä" } == 300)
        #expect(chunks.last == "The end." || chunks.last?.hasSuffix("The end.") == true)
    }

    @Test func `a title of any length leaves room for a text`() {
        let title = String(repeating: "word ", count: 100)
        let chunks = Self.cut("One two. Three four.", ChunkingRules(tokenLimit: 32), title: title)
        #expect(chunks == ["One two. Three four."])
    }

    @Test func `lists and code are cut at their lines, and abbreviations end nothing`() {
        let text =
            "Look, e.g. here. Then:\n- first item\n  goes on\n- second\n1. third thing\n```\ndf -h\ndu -s\n```\nEnd"
        #expect(
            SentenceCutter.sentences(of: text[...]).map(String.init)
                == [
                    "Look, e.g. here.", "Then:", "- first item\n  goes on", "- second", "1. third thing", "df -h",
                    "du -s", "End",
                ])
    }

    @Test func `headings inside of code are code`() {
        let text = "## A\n```\n# not a heading\n```\nb"
        #expect(
            DocumentText.sections(of: text) == [DocumentSection(heading: "A", text: "```\n# not a heading\n```\nb")])
    }

    @Test func `a document has no more chunks than it may`() {
        let text =
            String(repeating: "word. ", count: 40)
            + String(repeating: "## h\nx\n", count: KnowledgeRetrievalLimits.chunksPerDocument)
        #expect(Self.cut(text, ChunkingRules()).count == KnowledgeRetrievalLimits.chunksPerDocument)
    }

    @Test(arguments: [
        ("", 0), ("disk", 1), ("the disk is full.", 5), ("internationalization", 4), ("10.0.0.5", 7), ("12345", 2),
    ])
    func `tokens are estimated without an encoder`(text: String, count: Int) {
        #expect(TokenEstimate.count(text) == count)
    }

    @Test func `rules outside of their limits trap`() async {
        await #expect(processExitsWith: .failure) {
            _ = ChunkingRules(overlapSentences: KnowledgeRetrievalLimits.overlapSentences.upperBound + 1)
        }
    }
}
