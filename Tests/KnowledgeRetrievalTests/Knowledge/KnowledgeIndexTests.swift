import Testing

@testable import KnowledgeRetrieval

@Suite struct KnowledgeIndexTests {
    private static func index(_ documents: [KnowledgeDocument], width: Int? = nil) -> KnowledgeIndex {
        let index = KnowledgeIndex(width: width, .baseline)
        for document in documents { put(document, into: index, width: width) }
        return index
    }

    /// Puts a document whose vectors say how often the letter e stands in a chunk.
    private static func put(_ document: KnowledgeDocument, into index: KnowledgeIndex, width: Int?) {
        let chunks = DocumentChunker(rules: ChunkingRules(), tokenCount: TokenEstimate.count).chunks(of: document)
        let vectors = width == nil ? [] : chunks.map { LetterEncoder().vector($0.embedded(in: document)) }
        index.put(IndexedDocument(document: document, chunks: chunks, vectors: vectors))
    }

    private static let disk = KnowledgeDocument(
        id: "disk", title: "Disk full", text: "## Meaning\nNo space left on device.\n## Mitigation\nDelete old files.")
    private static let memory = KnowledgeDocument(
        id: "memory", title: "Memory leak", text: "Memory grows.", service: "cart", time: 100, tags: ["memory"])
    private static let secret = KnowledgeDocument(
        id: "secret", title: "Disk of a tenant", text: "The disk of a tenant is full.", tenant: "acme", tags: ["disk"])

    private static func found(_ index: KnowledgeIndex, _ query: RetrievalQuery) -> [String] {
        index.documents(for: query, texts: QueryText(query).words, vector: nil).map(\.id)
    }

    @Test func `a document is found once, by its best chunk, with its sections and the reason`() {
        let index = Self.index([Self.disk, Self.memory])
        let query = RetrievalQuery(message: "write failed: no space left on device")
        let answer = index.documents(for: query, texts: QueryText(query).words, vector: nil)
        #expect(answer.map(\.id) == ["disk"])
        #expect(answer.first?.excerpt == "No space left on device.")
        #expect(answer.first?.sections.map(\.heading) == ["Meaning", "Mitigation"])
        #expect(answer.first?.section("MITIGATION") == "Delete old files.")
        #expect(answer.first?.why.keywordRank == 1 && answer.first?.why.vectorRank == nil)
        #expect(Set(answer.first?.why.terms ?? []) == ["space", "left", "devic"])
    }

    @Test func `documents of others are left out before anything is ranked`() {
        let index = Self.index([Self.disk, Self.memory, Self.secret])
        func found(_ change: (inout RetrievalQuery) -> Void) -> [String] {
            var query = RetrievalQuery(message: "disk full memory")
            change(&query)
            return Self.found(index, query).sorted()
        }
        #expect(found { _ in } == ["disk", "memory"])
        #expect(found { $0.tenant = "acme" } == ["disk", "memory", "secret"])
        #expect(found { $0.tenant = "other" } == ["disk", "memory"])
        #expect(found { $0.service = "cart" } == ["disk", "memory"])
        #expect(found { $0.service = "shop" } == ["disk"])
        #expect(found { $0.times = 0..<100 } == ["disk"])
        #expect(found { $0.times = 0..<101 } == ["disk", "memory"])
        #expect(found { $0.tags = ["memory", "x"] } == ["memory"])
        #expect(found { $0.limit = 1 }.count == 1)
    }

    @Test func `what is put again replaces, and what is removed is gone`() {
        let index = Self.index([Self.disk, Self.memory, Self.secret])
        var changed = Self.disk
        changed.text = "Something else entirely."
        Self.put(changed, into: index, width: nil)
        #expect(index.documentCount == 3)
        #expect(Self.found(index, RetrievalQuery(message: "space left")).isEmpty)
        #expect(Self.found(index, RetrievalQuery(message: "entirely")) == ["disk"])
        #expect(index.remove("disk"))
        #expect(!index.remove("disk"))
        #expect(Self.found(index, RetrievalQuery(message: "entirely")).isEmpty)
        #expect(index.remove("secret"))
        #expect(index.ids == ["memory"])
        #expect(index.chunkCount == 1)
        Self.put(Self.disk, into: index, width: nil)
        #expect(Self.found(index, RetrievalQuery(message: "space left")) == ["disk"])
    }

    @Test func `both halves count, and each alone suffices`() {
        let index = Self.index([Self.disk, Self.memory], width: LetterEncoder.letters.count)
        let query = RetrievalQuery(message: "memory")
        let vector = LetterEncoder().vector("Disk full No space left on device.")
        let answer = index.documents(for: query, texts: ["memory"], vector: vector)
        #expect(Set(answer.map(\.id)) == ["disk", "memory"])
        let disk = answer.first { $0.id == "disk" }
        #expect(disk?.why.keywordRank == nil && disk?.why.vectorRank == 1)
        #expect((disk?.why.similarity ?? 0) > 0.9)
        #expect(index.documents(for: query, texts: [], vector: vector).first?.id == "disk")
        #expect(index.vectorCount == 3)
    }
}
