/// Limits on what is known, asked and read.
package enum KnowledgeRetrievalLimits {
    /// Bytes of a log record that are looked at, of which stack traces have tens of thousands; the rest is cut off.
    package static let recordByteCount = 64 << 10
    /// Bytes of a message that was extracted: what a person reads, and what two encoders' windows hold.
    package static let messageByteCount = 4_096
    /// Names of single things that are kept of a message.
    package static let identifiers = 32

    /// Terms of a query that are looked up, the rarest first: more find nothing better and cost time.
    package static let queryTerms = 48
    /// Bytes of a query's text: a message and names.
    package static let queryByteCount = 8_192
    /// Documents that may be asked for at once.
    package static let queryDocuments = 1...100
    /// Numbers of a vector: what sentence encoders make.
    package static let vectorWidths = 8...4_096

    /// Bytes of a document's id, which stands in paths.
    package static let idByteCount = 200
    package static let titleByteCount = 500
    /// Bytes of a document's text: a book's chapter.
    package static let textByteCount = 1 << 20
    package static let serviceByteCount = 200
    package static let tenantByteCount = 200
    package static let tags = 32
    package static let tagByteCount = 100
    /// Chunks of all documents: the index keeps 24 bits for a chunk's place, and vectors of a million take 2 GB.
    package static let chunks = 2_000_000
    /// Chunks of one document: what a text of the greatest length has at the least tokens that are sensible.
    package static let chunksPerDocument = 20_000

    /// Tokens of a chunk with its title: encoders cut what has more than 256, and short chunks are found more surely.
    package static let chunkTokens = 32...512
    /// Characters of a chunk, where they are limited.
    package static let chunkCharacters = 64...16_384
    /// Sentences that a chunk repeats of the one before.
    package static let overlapSentences = 0...8

    /// Documents of one file or one call.
    package static let documentsPerText = 100_000
    /// Bytes of a file that is imported.
    package static let fileByteCount = 1 << 30
}
