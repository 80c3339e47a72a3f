package import LinuxSystem
import Synchronization

/// What is known, for everybody who asks.
///
/// A ``KnowledgeKeeper`` changes it. Searches and changes take turns; the vector of a query is made before its turn.
///
/// - Isolation: any thread but a loop that answers clients.
package final class KnowledgeLibrary: DocumentRetrieval {
    private struct Content: ~Copyable {
        var index: KnowledgeIndex
        var encoder: (any SentenceEncoder)?
        var isLoaded = false
    }

    private let instructions: ScanInstructions
    private let clock: any MonotonicClock
    private let observer: @Sendable (Nanoseconds) -> Void
    private let content: Mutex<Content>

    /// Makes an empty one.
    ///
    /// - Parameter encoder: nil to look at words only.
    /// - Parameter observer: is told how long each search has taken, without the query's vector.
    package init(
        encoder: (any SentenceEncoder)? = nil, instructions: ScanInstructions,
        clock: any MonotonicClock = SystemClock(), observer: @escaping @Sendable (Nanoseconds) -> Void = { _ in }
    ) {
        self.instructions = instructions
        self.clock = clock
        self.observer = observer
        content = Mutex(Content(index: KnowledgeIndex(width: encoder?.width, instructions), encoder: encoder))
    }

    /// What makes vectors; nil where only words are looked at.
    package var encoder: (any SentenceEncoder)? { content.withLock { $0.encoder } }

    /// How much is known.
    package var figures: KnowledgeFigures {
        content.withLock { content in
            KnowledgeFigures(
                documents: content.index.documentCount, chunks: content.index.chunkCount,
                vectors: content.index.vectorCount, isLoaded: content.isLoaded)
        }
    }

    // MARK: Questions

    /// The documents that fit best.
    ///
    /// - Complexity: a vector of the query, one pass over all vectors and over the lists of the query's words.
    package func documents(for query: RetrievalQuery) -> RetrievalAnswer {
        let text = QueryText(query)
        let encoder = encoder
        let vector = text.isEmpty ? nil : encoder?.vector(of: text.meaning)
        let begin = clock.now()
        defer { observer(clock.now() - begin) }
        return content.withLock { content in
            // Another encoder may have come meanwhile; its vectors are not comparable.
            let isSame = content.encoder?.name == encoder?.name
            let usable = isSame && content.index.vectorCount > 0 ? vector : nil
            return RetrievalAnswer(
                documents: content.index.documents(for: query, texts: text.words, vector: usable),
                isKeywordOnly: usable == nil)
        }
    }

    /// The document of an id; nil if there is none.
    package func document(_ id: String) -> KnowledgeDocument? { content.withLock { $0.index.document(id) } }

    /// Documents in the order of their ids.
    ///
    /// - Parameter id: those behind it; nil for the first ones.
    /// - Parameter limit: most of them.
    package func documents(after id: String?, limit: Int) -> [KnowledgeDocument] {
        content.withLock { content in
            let index = content.index
            let ids = index.ids.drop { candidate in id.map { candidate <= $0 } ?? false }
            return ids.prefix(limit).compactMap { index.document($0) }
        }
    }

    /// Chunks of a document.
    package func chunkCount(of id: String) -> Int { content.withLock { $0.index.chunkCount(of: id) } }

    // MARK: Changes, by the keeper

    func put(_ documents: [IndexedDocument]) {
        content.withLock { content in
            for document in documents { content.index.put(document) }
        }
    }

    func remove(_ id: String) {
        content.withLock { content in
            _ = content.index.remove(id)
        }
    }

    func loaded() { content.withLock { $0.isLoaded = true } }

    /// Takes another encoder up: what is known is forgotten, to be put again with its vectors.
    func adopt(_ encoder: (any SentenceEncoder)?) {
        content.withLock { content in
            content.encoder = encoder
            content.index = KnowledgeIndex(width: encoder?.width, instructions)
            content.isLoaded = false
        }
    }
}
