/// How much is known.
package struct KnowledgeFigures: Equatable, Sendable {
    package var documents: Int
    package var chunks: Int
    /// Chunks that have a vector.
    package var vectors: Int
    /// Whether everything that is kept has been read.
    package var isLoaded: Bool

    /// Describes figures.
    package init(documents: Int, chunks: Int, vectors: Int, isLoaded: Bool) {
        self.documents = documents
        self.chunks = chunks
        self.vectors = vectors
        self.isLoaded = isLoaded
    }
}
