import Testing

@testable import KnowledgeRetrieval

@Suite struct KnowledgeDocumentTests {
    private static let good = KnowledgeDocument(id: "a-1_b.c:d", title: "T", text: "x", service: "s", tags: ["t"])

    private static func long(_ count: Int) -> String { String(repeating: "x", count: count + 1) }

    static let bad: [(String, @Sendable (inout KnowledgeDocument) -> Void)] = [
        ("id", { $0.id = "" }), ("id", { $0.id = "a/b" }), ("id", { $0.id = "ä" }), ("taken", { $0.id = "search" }),
        ("id", { $0.id = long(KnowledgeRetrievalLimits.idByteCount) }),
        ("title", { $0.title = long(KnowledgeRetrievalLimits.titleByteCount) }),
        ("text", { $0.text = long(KnowledgeRetrievalLimits.textByteCount) }), ("text", { $0.text = " \n" }),
        ("service", { $0.service = long(KnowledgeRetrievalLimits.serviceByteCount) }),
        ("tenant", { $0.tenant = long(KnowledgeRetrievalLimits.tenantByteCount) }),
        ("tags", { $0.tags = Array(repeating: "a", count: KnowledgeRetrievalLimits.tags + 1) }),
        ("tags", { $0.tags = [long(KnowledgeRetrievalLimits.tagByteCount)] }), ("control", { $0.tags = ["a\nb"] }),
    ]

    @Test(arguments: bad.indices) func `what breaks a rule is refused by its field`(index: Int) {
        var document = Self.good
        Self.bad[index].1(&document)
        #expect(document.refusal?.contains(Self.bad[index].0) == true)
        #expect(Self.good.refusal == nil)
    }

    @Test func `the hash tells documents apart that differ anywhere`() {
        let changes: [(inout KnowledgeDocument) -> Void] = [
            { $0.title = "U" }, { $0.text = "y" }, { $0.service = nil }, { $0.tenant = "t" }, { $0.time = 0 },
            { $0.tags = [] }, { $0.tags = ["t", "t"] },
            {
                $0.service = nil; $0.tenant = "s"
            },
        ]
        var hashes: Set<Int64> = [Self.good.contentHash]
        for change in changes {
            var document = Self.good
            change(&document)
            hashes.insert(document.contentHash)
        }
        #expect(hashes.count == changes.count + 1)
    }
}
