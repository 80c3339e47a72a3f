/// Texts by kind and name: the state of rollouts, the sums of experiments.
extension StateStore {
    /// The document of a kind and name; nil if there is none.
    package func document(_ kind: String, _ name: String) throws(StateFault) -> StateDocument? {
        let query = "SELECT name, revision, changed_at, content FROM documents WHERE kind = $1 AND name = $2"
        return try database.rows(query, [.text(kind), .text(name)]).compactMap(Self.document).first
    }

    /// All documents of a kind, by name.
    package func documents(_ kind: String) throws(StateFault) -> [StateDocument] {
        let query = "SELECT name, revision, changed_at, content FROM documents WHERE kind = $1 ORDER BY name"
        return try database.rows(query, [.text(kind)]).compactMap(Self.document)
    }

    private static func document(_ row: [StateValue]) -> StateDocument? {
        guard row.count == 4, let name = row[0].text, let revision = row[1].integer, let changedAt = row[2].integer,
            let content = row[3].text
        else { return nil }
        return StateDocument(name: name, revision: Int(revision), changedAt: changedAt, content: content)
    }

    /// Writes a document, if nobody else has changed it.
    ///
    /// - Parameter revision: of the document that was read; 0 if there was none.
    /// - Parameter now: nanoseconds since 1970.
    /// - Returns: the document's revision now; nil if somebody was faster, and nothing was written.
    package func save(
        _ kind: String, _ name: String, _ content: String, replacing revision: Int, nanosecondsSince1970 now: Int64
    ) throws(StateFault) -> Int? {
        let limit = DurableStateLimits.documentByteCount
        guard content.utf8.count <= limit else { throw .tooLarge("the \(kind) \(name)", byteCountLimit: limit) }
        for text in [kind, name] where text.utf8.count > DurableStateLimits.nameByteCount {
            throw .tooLarge("a name of the state", byteCountLimit: DurableStateLimits.nameByteCount)
        }
        let count: Int
        if revision == 0 {
            count = try database.run(
                """
                INSERT INTO documents (kind, name, revision, changed_at, content) VALUES ($1, $2, 1, $3, $4)
                ON CONFLICT DO NOTHING
                """, [.text(kind), .text(name), .integer(now), .text(content)])
        } else {
            count = try database.run(
                """
                UPDATE documents SET revision = revision + 1, changed_at = $3, content = $4
                WHERE kind = $1 AND name = $2 AND revision = $5
                """, [.text(kind), .text(name), .integer(now), .text(content), .integer(Int64(revision))])
        }
        return count == 1 ? revision + 1 : nil
    }
}
