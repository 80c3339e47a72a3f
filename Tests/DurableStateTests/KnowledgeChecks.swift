import Testing

@testable import DurableState

/// What documents of the knowledge base do whatever database they are in.
enum KnowledgeChecks {
    private static func row(_ id: String, _ text: String = "text \u{1F600}") -> KnowledgeRow {
        KnowledgeRow(
            id: id, title: "T", text: text, service: "s", time: -3, tags: "a\nb", contentHash: .min,
            chunks: [0, 255], encoder: "e", vectors: [1, 2, 3])
    }

    private static func rows(_ store: StateStore, after revision: Int64) throws(StateFault) -> [KnowledgeRow] {
        var rows: [KnowledgeRow] = []
        try store.forEachKnowledgeRow(after: revision) { row in rows.append(row) }
        return rows
    }

    /// Leaves nothing but the trace of the last removal.
    static func check(_ store: StateStore) throws(StateFault) {
        #expect(try store.knowledgeRevision() == 0)
        #expect(try store.saveKnowledge([row("a"), row("b")], nanosecondsSince1970: 10) == 2)
        var expected = [row("a"), row("b")]
        (expected[0].revision, expected[1].revision) = (1, 2)
        #expect(try rows(store, after: 0) == expected)
        #expect(try rows(store, after: 1) == [expected[1]])
        // What is written again has a new revision, and comes behind the others.
        #expect(try store.saveKnowledge([row("a", "new")], nanosecondsSince1970: 11) == 3)
        #expect(try rows(store, after: 0).map(\.text) == ["text \u{1F600}", "new"])
        // A removal is a change to whoever has read what was before, and nothing to anybody else.
        #expect(try store.removeKnowledge("b", nanosecondsSince1970: 12) == 4)
        #expect(try store.removeKnowledge("b", nanosecondsSince1970: 12) == nil)
        #expect(try store.removeKnowledge("c", nanosecondsSince1970: 12) == nil)
        #expect(try rows(store, after: 0).map(\.id) == ["a"])
        #expect(try rows(store, after: 3).map(\.isRemoved) == [true])
        #expect(try store.saveKnowledge([row("b")], nanosecondsSince1970: 13) == 5)
        #expect(try rows(store, after: 4).map(\.isRemoved) == [false])
        // Either all are written or none.
        #expect(throws: StateFault.self) {
            try store.database.transaction { () throws(StateFault) in
                try store.database.execute("DELETE FROM knowledge")
                try store.database.execute("SELECT nonsense")
            }
        }
        #expect(try rows(store, after: 0).count == 2)
        try checkPieces(store)
        try checkForgetting(store)
    }

    /// More than are fetched at once.
    private static func checkPieces(_ store: StateStore) throws(StateFault) {
        let count = DurableStateLimits.rowsPerFetch + 1
        try store.saveKnowledge((0..<count).map { row("n\($0)") }, nanosecondsSince1970: 14)
        #expect(try rows(store, after: 5).count == count)
        #expect(Set(try rows(store, after: 0).map(\.revision)).count == count + 2)
    }

    /// Traces of removals are kept for a day, the last one for ever.
    private static func checkForgetting(_ store: StateStore) throws(StateFault) {
        let all = try rows(store, after: 0)
        for row in all { _ = try store.removeKnowledge(row.id, nanosecondsSince1970: 15) }
        #expect(try rows(store, after: 1).count == all.count)
        let latest = try store.saveKnowledge([row("z")], nanosecondsSince1970: 16)
        #expect(try store.removeKnowledge("z", nanosecondsSince1970: 15 + 25 * 3_600 * 1_000_000_000) == latest + 1)
        #expect(try rows(store, after: 1).map(\.id) == ["z"])
        #expect(try store.knowledgeRevision() == latest + 1)
    }
}
