/// A document with its chunks and their vectors, as it goes into the index and into the store.
struct IndexedDocument {
    let document: KnowledgeDocument
    let chunks: [DocumentChunk]
    /// One for each chunk; empty if there are none.
    var vectors: [[Float]]
}
