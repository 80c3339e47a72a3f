/// The documents of the knowledge base.
extension StateStore {
    private static let columns = """
        id, title, body, service, tenant, happened_at, tags, content_hash, chunks, encoder, vectors, removed, revision,
        changed_at
        """

    /// How long it is known that a document was removed: servers that share a database look every few seconds.
    private static let removalNanoseconds: Int64 = 24 * 3_600 * 1_000_000_000

    /// Gives every document that was changed after a revision to a function, in the order of the changes.
    ///
    /// - Parameter revision: 0 for all that are there; then removed ones are left out.
    package func forEachKnowledgeRow(
        after revision: Int64, _ body: (KnowledgeRow) throws(StateFault) -> Void
    ) throws(StateFault) {
        var last = revision
        // In pieces, because a database of PostgreSQL hands a whole result over at once.
        while true {
            var count = 0
            try database.forEachRow(
                of: """
                    SELECT \(Self.columns) FROM knowledge
                    WHERE revision > $1 AND (removed = 0 OR CAST($2 AS BIGINT) > 0)
                    ORDER BY revision LIMIT \(DurableStateLimits.rowsPerFetch)
                    """, [.integer(last), .integer(revision)]
            ) { (row) throws(StateFault) in
                guard let row = KnowledgeRow(row) else {
                    throw .notState(place: database.place, "its table knowledge says nothing that Rowan would write")
                }
                count += 1
                last = row.revision
                try body(row)
            }
            if count < DurableStateLimits.rowsPerFetch { return }
        }
    }

    /// The revision of the latest change; 0 if nothing was ever known.
    package func knowledgeRevision() throws(StateFault) -> Int64 {
        let rows = try database.rows("SELECT COALESCE(MAX(revision), 0) FROM knowledge")
        return rows.first?.first?.integer ?? 0
    }

    /// Writes documents, all or none, in place of those of the same ids.
    ///
    /// - Parameter now: nanoseconds since 1970.
    /// - Returns: the revision of the last one.
    @discardableResult
    package func saveKnowledge(_ rows: [KnowledgeRow], nanosecondsSince1970 now: Int64) throws(StateFault) -> Int64 {
        try changeKnowledge { (revision) throws(StateFault) in
            var revision = revision
            for row in rows {
                revision += 1
                try database.run(
                    """
                    INSERT INTO knowledge (\(Self.columns))
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, $12, $13)
                    ON CONFLICT (id) DO UPDATE SET title = excluded.title, body = excluded.body,
                        service = excluded.service, tenant = excluded.tenant, happened_at = excluded.happened_at,
                        tags = excluded.tags, content_hash = excluded.content_hash, chunks = excluded.chunks,
                        encoder = excluded.encoder, vectors = excluded.vectors, removed = 0,
                        revision = excluded.revision, changed_at = excluded.changed_at
                    """,
                    [
                        .text(row.id), .text(row.title), .text(row.text), row.service.map { .text($0) } ?? .null,
                        row.tenant.map { .text($0) } ?? .null, row.time.map { .integer($0) } ?? .null,
                        .text(row.tags), .integer(row.contentHash), .bytes(row.chunks), .text(row.encoder),
                        .bytes(row.vectors), .integer(revision), .integer(now),
                    ])
            }
            return revision
        }
    }

    /// Removes a document; what is left of it says so, for a day.
    ///
    /// - Returns: the revision of the change; nil if there is no such document.
    package func removeKnowledge(_ id: String, nanosecondsSince1970 now: Int64) throws(StateFault) -> Int64? {
        try changeKnowledge { (revision) throws(StateFault) in
            let count = try database.run(
                """
                UPDATE knowledge SET title = '', body = '', service = NULL, tenant = NULL, happened_at = NULL,
                    tags = '', content_hash = 0, chunks = $2, encoder = '', vectors = $2, removed = 1,
                    revision = $3, changed_at = $4
                WHERE id = $1 AND removed = 0
                """, [.text(id), .bytes([]), .integer(revision + 1), .integer(now)])
            guard count == 1 else { return nil }
            // The latest change stays, whatever its age, so that revisions never begin anew.
            try database.run(
                "DELETE FROM knowledge WHERE removed = 1 AND changed_at < $1 AND revision < $2",
                [.integer(now - Self.removalNanoseconds), .integer(revision + 1)])
            return revision + 1
        }
    }

    /// Changes documents with nobody else doing so at the same time: who reads up to a revision has read all below.
    private func changeKnowledge<Result>(
        _ body: (Int64) throws(StateFault) -> Result
    ) throws(StateFault) -> Result {
        try database.transaction { () throws(StateFault) in
            if database.dialect == .postgres {
                try database.execute("LOCK TABLE knowledge IN SHARE ROW EXCLUSIVE MODE")
            }
            return try body(try knowledgeRevision())
        }
    }
}
