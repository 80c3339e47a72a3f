package import DurableState

/// The one way by which what is known changes: into the store first, then into the index.
///
/// - Isolation: one thread, which may wait for files and for the encoder.
package final class KnowledgeKeeper {
    /// What became of documents that were brought.
    package struct Outcome: Equatable, Sendable {
        package var added = 0
        package var replaced = 0
        /// As they were known already.
        package var unchanged = 0

        /// Nothing yet.
        package init() {}
    }

    private let base: KnowledgeLibrary
    private let store: StateStore?
    private let rules: ChunkingRules
    private let chunkLimit: Int
    private let now: () -> Int64
    /// Of the latest change that was read.
    private var revision: Int64 = 0
    /// Documents that wait for their vectors, the first one last.
    private var waiting: [String] = []
    /// Documents whose vectors could not be made: they are not tried again before they change.
    private var hasFailed = false

    /// Documents that are written and put at once: a search waits no longer than that takes.
    private static let batchCount = 64

    /// - Parameter store: nil to keep nothing beyond the process.
    /// - Parameter chunkLimit: chunks of all documents.
    /// - Parameter now: nanoseconds since 1970.
    package init(
        _ base: KnowledgeLibrary, store: StateStore?, rules: ChunkingRules = ChunkingRules(),
        chunkLimit: Int = KnowledgeRetrievalLimits.chunks, now: @escaping () -> Int64
    ) {
        self.chunkLimit = chunkLimit
        self.base = base
        self.store = store
        self.rules = rules
        self.now = now
    }

    /// Whether nothing was ever known: neither documents nor the traces of removed ones.
    package func isNew() throws(KnowledgeFault) -> Bool {
        guard base.figures.documents == 0, let store else { return base.figures.documents == 0 }
        do throws(StateFault) {
            return try store.knowledgeRevision() == 0
        } catch {
            throw .state(error)
        }
    }

    /// Whether what is known outlives the process.
    package var isKept: Bool { store != nil }

    // MARK: Reading

    /// Takes up what is kept and was changed since the last time, by whomever.
    ///
    /// - Complexity: the first time all documents are read.
    package func refresh() throws(KnowledgeFault) {
        defer { base.loaded() }
        guard let store else { return }
        let encoder = base.encoder
        var batch: [IndexedDocument] = []
        var last = revision
        do throws(StateFault) {
            try store.forEachKnowledgeRow(after: revision) { (row) throws(StateFault) in
                last = row.revision
                if row.isRemoved {
                    base.put(batch)
                    batch.removeAll(keepingCapacity: true)
                    base.remove(row.id)
                    return
                }
                let indexed = row.indexed(encoder: encoder) ?? cut(row.document)
                if encoder != nil, indexed.vectors.isEmpty, !indexed.chunks.isEmpty { waiting.append(row.id) }
                batch.append(indexed)
                if batch.count == Self.batchCount {
                    base.put(batch)
                    batch.removeAll(keepingCapacity: true)
                }
            }
        } catch {
            throw .state(error)
        }
        base.put(batch)
        revision = last
    }

    /// Takes another encoder up and reads everything again; documents without its vectors get them one by one.
    package func adopt(_ encoder: (any SentenceEncoder)?) throws(KnowledgeFault) {
        let unkept = store == nil ? base.documents(after: nil, limit: .max) : []
        base.adopt(encoder)
        waiting.removeAll()
        hasFailed = false
        revision = 0
        if store == nil {
            base.put(unkept.map(cut))
            if encoder != nil { waiting = unkept.map(\.id).reversed() }
        }
        try refresh()
    }

    // MARK: Changing

    /// Takes documents, each in place of one of the same id.
    ///
    /// Those that are known as they are cost nothing more. Words count at once, vectors as soon as they are made.
    ///
    /// - Throws: if one of them breaks a rule; then none is taken.
    @discardableResult
    package func put(_ documents: [KnowledgeDocument]) throws(KnowledgeFault) -> Outcome {
        var outcome = Outcome()
        var changed: [String: KnowledgeDocument] = [:]
        var order: [String] = []
        for document in documents {
            if let reason = document.refusal { throw .refused(id: document.id, reason) }
            let known = changed[document.id] ?? base.document(document.id)
            if known == document {
                outcome.unchanged += 1
                continue
            }
            if known == nil { outcome.added += 1 } else { outcome.replaced += 1 }
            if changed.updateValue(document, forKey: document.id) == nil { order.append(document.id) }
        }
        var indexed = order.compactMap { changed[$0] }.map(cut)
        let chunkCount = indexed.reduce(base.figures.chunks) { sum, next in
            sum + next.chunks.count - base.chunkCount(of: next.document.id)
        }
        guard chunkCount <= chunkLimit else { throw .full(limit: chunkLimit) }
        // What is brought one by one is found by its meaning at once; of many at once the words come first.
        if indexed.count == 1, let vectors = vectors(of: indexed[0]) { indexed[0].vectors = vectors }
        for start in stride(from: 0, to: indexed.count, by: Self.batchCount) {
            try write(Array(indexed[start..<min(start + Self.batchCount, indexed.count)]))
        }
        if base.encoder != nil {
            waiting.insert(contentsOf: indexed.filter(\.vectors.isEmpty).map(\.document.id).reversed(), at: 0)
            hasFailed = false
        }
        return outcome
    }

    /// Removes a document.
    ///
    /// - Returns: false if there is none.
    package func remove(_ id: String) throws(KnowledgeFault) -> Bool {
        guard base.document(id) != nil else { return false }
        if let store {
            do throws(StateFault) {
                let latest = try store.removeKnowledge(id, nanosecondsSince1970: now())
                if let latest { advance(to: latest, by: 1) }
            } catch {
                throw .state(error)
            }
        }
        base.remove(id)
        return true
    }

    private func write(_ indexed: [IndexedDocument]) throws(KnowledgeFault) {
        if let store {
            let encoder = base.encoder?.name ?? ""
            do throws(StateFault) {
                let rows = indexed.map { KnowledgeRow($0, encoder: encoder) }
                let latest = try store.saveKnowledge(rows, nanosecondsSince1970: now())
                advance(to: latest, by: rows.count)
            } catch {
                throw .state(error)
            }
        }
        base.put(indexed)
    }

    /// Counts changes of our own as read, unless somebody else has changed something in between.
    private func advance(to latest: Int64, by count: Int) {
        if latest == revision + Int64(count) { revision = latest }
    }

    // MARK: Vectors

    /// Makes the vectors of one document that waits for them.
    ///
    /// - Returns: false if none waits, or if vectors cannot be made now.
    package func completeOne() throws(KnowledgeFault) -> Bool {
        guard !hasFailed, base.encoder != nil else { return false }
        while let id = waiting.popLast() {
            guard let document = base.document(id) else { continue }
            var indexed = cut(document)
            guard let vectors = vectors(of: indexed) else {
                waiting.append(id)
                hasFailed = true
                return false
            }
            indexed.vectors = vectors
            try write([indexed])
            return true
        }
        return false
    }

    /// Whether a document waits for its vectors, and they can be made as far as is known.
    package var canComplete: Bool { !waiting.isEmpty && !hasFailed && base.encoder != nil }
    /// Documents that wait for their vectors.
    package var waitingCount: Int { waiting.count }

    private func cut(_ document: KnowledgeDocument) -> IndexedDocument {
        let encoder = base.encoder
        let chunker = DocumentChunker(rules: rules) { encoder?.tokenCount(of: $0) ?? TokenEstimate.count($0) }
        return IndexedDocument(document: document, chunks: chunker.chunks(of: document), vectors: [])
    }

    private func vectors(of indexed: IndexedDocument) -> [[Float]]? {
        guard let encoder = base.encoder else { return nil }
        var vectors: [[Float]] = []
        for chunk in indexed.chunks {
            guard let vector = encoder.vector(of: chunk.embedded(in: indexed.document)),
                vector.count == encoder.width, vector.allSatisfy(\.isFinite)
            else { return nil }
            vectors.append(vector)
        }
        return vectors
    }
}
