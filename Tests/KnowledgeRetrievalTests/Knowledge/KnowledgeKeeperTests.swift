import DurableState
import TestSupport
import Testing

@testable import KnowledgeRetrieval

@Suite struct KnowledgeKeeperTests {
    private static func document(_ id: String, _ text: String, tenant: String? = nil) -> KnowledgeDocument {
        KnowledgeDocument(id: id, title: "About \(id)", text: text, tenant: tenant, time: 7, tags: ["a", "b c"])
    }

    private static func source(_ folder: TemporaryFolder) -> StateSource { StateSource(.directory(folder.path)) }

    private static func keeper(
        _ source: StateSource?, _ encoder: LetterEncoder? = nil
    ) throws -> (keeper: KnowledgeKeeper, base: KnowledgeLibrary) {
        let base = KnowledgeLibrary(encoder: encoder, instructions: .baseline)
        let keeper = KnowledgeKeeper(base, store: try source?.open { 1 }) { 5 }
        try keeper.refresh()
        return (keeper, base)
    }

    private static func found(_ base: KnowledgeLibrary, _ message: String) -> [String] {
        base.documents(for: RetrievalQuery(message: message)).documents.map(\.id)
    }

    @Test func `what was taken is there after the process`() throws {
        let folder = TemporaryFolder()
        let documents = [
            Self.document("one", "The disk is full."), Self.document("two", "Ümläut memory.", tenant: "t"),
        ]
        do {
            let (keeper, base) = try Self.keeper(Self.source(folder))
            #expect(try keeper.isNew())
            let outcome = try keeper.put(documents)
            #expect(outcome.added == 2 && outcome.replaced == 0 && outcome.unchanged == 0)
            #expect(base.figures == KnowledgeFigures(documents: 2, chunks: 2, vectors: 0, isLoaded: true))
        }
        let (keeper, base) = try Self.keeper(Self.source(folder))
        #expect(try !keeper.isNew())
        #expect(base.documents(after: nil, limit: 9) == documents)
        #expect(base.documents(after: "one", limit: 9).map(\.id) == ["two"])
        #expect(Self.found(base, "disk") == ["one"])
        #expect(base.documents(for: RetrievalQuery(message: "disk")).isKeywordOnly)
    }

    @Test func `what is known as it is costs nothing, and what has changed replaces`() throws {
        let folder = TemporaryFolder()
        let (keeper, base) = try Self.keeper(Self.source(folder))
        try keeper.put([Self.document("one", "The disk is full.")])
        let again = try keeper.put([
            Self.document("one", "The disk is full."), Self.document("two", "x"), Self.document("two", "memory"),
        ])
        #expect(again.unchanged == 1 && again.added == 1 && again.replaced == 1)
        #expect(base.document("two")?.text == "memory")
        #expect(try keeper.put([Self.document("two", "processor")]).replaced == 1)
        #expect(Self.found(base, "memory").isEmpty)
    }

    @Test func `what was removed stays removed, and an emptied base is not new`() throws {
        let folder = TemporaryFolder()
        do {
            let (keeper, base) = try Self.keeper(Self.source(folder))
            try keeper.put([Self.document("one", "The disk is full.")])
            #expect(try keeper.remove("one"))
            #expect(try !keeper.remove("one"))
            #expect(base.figures.documents == 0)
        }
        let (keeper, base) = try Self.keeper(Self.source(folder))
        #expect(base.figures.documents == 0)
        #expect(try !keeper.isNew())
        try keeper.put([Self.document("one", "Again.")])
        #expect(base.document("one")?.text == "Again.")
    }

    @Test func `one that breaks a rule keeps all others out`() throws {
        let (keeper, base) = try Self.keeper(nil)
        let fault = KnowledgeFault.refused(id: "bad", "text is empty")
        #expect(throws: fault) { try keeper.put([Self.document("good", "Text."), Self.document("bad", " ")]) }
        #expect(base.figures.documents == 0)
        #expect(fault.description == "document 'bad': text is empty")
    }

    @Test func `more chunks than may be known are refused`() throws {
        // A slot of the lists of words has 24 bits.
        #expect(KnowledgeRetrievalLimits.chunks < 1 << 24)
        let base = KnowledgeLibrary(instructions: .baseline)
        let keeper = KnowledgeKeeper(base, store: nil, chunkLimit: 2) { 5 }
        try keeper.put([Self.document("one", "Disk."), Self.document("two", "Memory.")])
        #expect(throws: KnowledgeFault.full(limit: 2)) { try keeper.put([Self.document("three", "Network.")]) }
        #expect(try keeper.put([Self.document("two", "Something else.")]).replaced == 1)
    }

    @Test func `what another server changes is taken up`() throws {
        let folder = TemporaryFolder()
        let source = Self.source(folder)
        let (first, firstBase) = try Self.keeper(source)
        let (second, secondBase) = try Self.keeper(source)
        try first.put([Self.document("one", "The disk is full.")])
        try second.put([Self.document("two", "Memory.")])
        try first.put([Self.document("three", "Network.")])
        try first.refresh()
        try second.refresh()
        for base in [firstBase, secondBase] {
            #expect(base.documents(after: nil, limit: 9).map(\.id) == ["one", "three", "two"])
        }
        #expect(try second.remove("one"))
        try first.refresh()
        #expect(firstBase.document("one") == nil)
    }

    @Test func `words count at once and vectors when they are made, once`() throws {
        let folder = TemporaryFolder()
        let encoder = LetterEncoder()
        do {
            let (keeper, base) = try Self.keeper(Self.source(folder), encoder)
            try keeper.put((0..<3).map { Self.document("d\($0)", "The disk is full.") })
            #expect(base.figures.vectors == 0 && keeper.waitingCount == 3)
            #expect(base.documents(for: RetrievalQuery(message: "disk")).isKeywordOnly)
            encoder.fail(true)
            #expect(try !keeper.completeOne())
            encoder.fail(false)
            #expect(try !keeper.completeOne(), "what cannot be made is not tried for ever")
            try keeper.put([Self.document("d4", "Memory.")])
            #expect(base.figures.vectors == 1, "a single one has its vector at once")
            while try keeper.completeOne() {}
            #expect(base.figures.vectors == 4)
            #expect(!base.documents(for: RetrievalQuery(message: "disk")).isKeywordOnly)
        }
        let calls = encoder.callCount
        let (_, base) = try Self.keeper(Self.source(folder), encoder)
        #expect(base.figures.vectors == 4 && encoder.callCount == calls)
    }

    @Test(arguments: [true, false]) func `another encoder makes its own vectors`(isKept: Bool) throws {
        let folder = TemporaryFolder()
        let (keeper, base) = try Self.keeper(isKept ? Self.source(folder) : nil, LetterEncoder())
        try keeper.put([Self.document("one", "The disk is full."), Self.document("two", "Memory.")])
        while try keeper.completeOne() {}
        try keeper.adopt(LetterEncoder(name: "other"))
        #expect(base.figures == KnowledgeFigures(documents: 2, chunks: 2, vectors: 0, isLoaded: true))
        while try keeper.completeOne() {}
        #expect(base.figures.vectors == 2)
        try keeper.adopt(nil)
        #expect(base.figures.vectors == 0 && base.figures.documents == 2)
        #expect(Self.found(base, "memory") == ["two"])
    }
}
