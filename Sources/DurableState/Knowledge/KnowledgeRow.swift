/// A document of the knowledge base as it is kept: everything of it in one row, so that it is there whole or not at
/// all.
package struct KnowledgeRow: Equatable, Sendable {
    package var id: String
    package var title: String
    package var text: String
    package var service: String?
    package var tenant: String?
    /// Seconds since 1970.
    package var time: Int64?
    /// A line for each tag.
    package var tags: String
    /// Changes with what the document says.
    package var contentHash: Int64
    /// How the document is cut, in the words of whoever cut it.
    package var chunks: [UInt8]
    /// What made the vectors; empty if there are none.
    package var encoder: String
    package var vectors: [UInt8]
    /// Whether the document was removed: what is left tells other servers.
    package var isRemoved: Bool
    /// Counts the changes of all documents; set when the row is written.
    package var revision: Int64

    /// Describes a row.
    package init(
        id: String, title: String, text: String, service: String? = nil, tenant: String? = nil, time: Int64? = nil,
        tags: String = "", contentHash: Int64, chunks: [UInt8] = [], encoder: String = "", vectors: [UInt8] = [],
        isRemoved: Bool = false, revision: Int64 = 0
    ) {
        self.id = id
        self.title = title
        self.text = text
        self.service = service
        self.tenant = tenant
        self.time = time
        self.tags = tags
        self.contentHash = contentHash
        self.chunks = chunks
        self.encoder = encoder
        self.vectors = vectors
        self.isRemoved = isRemoved
        self.revision = revision
    }

    init?(_ row: [StateValue]) {
        guard row.count == 14, let id = row[0].text, let title = row[1].text, let text = row[2].text,
            let tags = row[6].text, let hash = row[7].integer, let chunks = row[8].bytes, let encoder = row[9].text,
            let vectors = row[10].bytes, let removed = row[11].integer, let revision = row[12].integer
        else { return nil }
        self.init(
            id: id, title: title, text: text, service: row[3].text, tenant: row[4].text, time: row[5].integer,
            tags: tags, contentHash: hash, chunks: chunks, encoder: encoder, vectors: vectors,
            isRemoved: removed != 0, revision: revision)
    }
}
