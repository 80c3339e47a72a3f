import Testing

@testable import DurableState

/// What documents do whatever database they are in.
enum DocumentChecks {
    /// Leaves a document "b" of the kind "rollout".
    static func check(_ store: StateStore) throws(StateFault) {
        #expect(try store.document("rollout", "a") == nil)
        #expect(try store.save("rollout", "a", "1", replacing: 0, nanosecondsSince1970: 10) == 1)
        // Somebody else has made it meanwhile, or has changed it.
        #expect(try store.save("rollout", "a", "2", replacing: 0, nanosecondsSince1970: 11) == nil)
        #expect(try store.save("rollout", "a", "2", replacing: 5, nanosecondsSince1970: 12) == nil)
        #expect(try store.save("rollout", "a", "2", replacing: 1, nanosecondsSince1970: 13) == 2)
        #expect(
            try store.document("rollout", "a")
                == StateDocument(name: "a", revision: 2, changedAt: 13, content: "2"))
        #expect(try store.save("rollout", "b", "", replacing: 0, nanosecondsSince1970: 14) == 1)
        #expect(try store.save("other", "c", "3", replacing: 0, nanosecondsSince1970: 15) == 1)
        #expect(try store.documents("rollout").map(\.name) == ["a", "b"])
        #expect(try store.documents("rollout").map(\.content) == ["2", ""])
        try store.database.run("DELETE FROM documents WHERE kind = $1 AND name = $2", [.text("rollout"), .text("a")])
        #expect(try store.documents("rollout").map(\.name) == ["b"])
        // SQLite takes a zero byte; for PostgreSQL it is no text.
        let text = store.database.dialect == .sqlite ? "kept \u{1F600} \u{0} '\"" : "kept \u{1F600} '\""
        #expect(try store.save("rollout", "b", text, replacing: 1, nanosecondsSince1970: 16) == 2)
    }
}
