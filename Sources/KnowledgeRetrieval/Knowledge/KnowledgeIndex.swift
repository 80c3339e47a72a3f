/// All documents in memory, cut into chunks that are found by words and by vectors.
///
/// - Isolation: one thread at a time.
final class KnowledgeIndex {
    private struct Entry {
        var document: KnowledgeDocument
        var slots: [Int32]
    }

    /// A chunk: whose it is, and which part.
    private struct Place {
        /// -1 for a free slot.
        var owner: Int32
        var chunk: DocumentChunk
    }

    private var entries: [Entry?] = []
    private var freeEntries: [Int32] = []
    private var numbers: [String: Int32] = [:]
    private var places: [Place] = []
    private var freeSlots: [Int32] = []
    /// For each slot 1 if there is a chunk.
    private var live: [UInt8] = []
    private var tenantCount = 0
    private let keywords: KeywordIndex
    private let vectors: VectorIndex?

    /// Chunks that each half of a search contributes.
    private static let depth = 100

    /// Makes an index of nothing.
    ///
    /// - Parameter width: numbers of a vector; nil if there are none.
    init(width: Int?, _ instructions: ScanInstructions, _ rules: AnalysisRules = AnalysisRules()) {
        keywords = KeywordIndex(TermTable(rules))
        vectors = width.map { VectorIndex(width: $0, instructions) }
    }

    var documentCount: Int { numbers.count }
    var chunkCount: Int { keywords.chunkCount }
    var vectorCount: Int { vectors?.vectorCount ?? 0 }

    /// The document of an id; nil if there is none.
    func document(_ id: String) -> KnowledgeDocument? {
        numbers[id].flatMap { entries[Int($0)]?.document }
    }

    /// Ids in order.
    var ids: [String] { numbers.keys.sorted() }

    /// Chunks of a document; 0 if there is none.
    func chunkCount(of id: String) -> Int { numbers[id].flatMap { entries[Int($0)]?.slots.count } ?? 0 }

    // MARK: Changes

    /// Adds a document, in place of one of the same id.
    func put(_ indexed: IndexedDocument) {
        let document = indexed.document
        remove(document.id)
        precondition(indexed.vectors.isEmpty || indexed.vectors.count == indexed.chunks.count, "a vector per chunk")
        let number = freeEntries.popLast() ?? Int32(entries.count)
        if Int(number) == entries.count { entries.append(nil) }
        var slots: [Int32] = []
        slots.reserveCapacity(indexed.chunks.count)
        var text = document.text
        text.makeContiguousUTF8()
        let bytes = text.utf8.span
        var title = document.title
        title.makeContiguousUTF8()
        for (index, chunk) in indexed.chunks.enumerated() {
            let slot = freeSlots.popLast() ?? Int32(places.count)
            let place = Place(owner: number, chunk: chunk)
            if Int(slot) == places.count {
                places.append(place)
                live.append(1)
            } else {
                places[Int(slot)] = place
                live[Int(slot)] = 1
            }
            keywords.read(title.utf8.span)
            keywords.read(bytes.extracting(chunk.heading))
            keywords.read(bytes.extracting(chunk.text))
            keywords.add(at: Int(slot))
            vectors?.set(indexed.vectors.isEmpty ? nil : indexed.vectors[index], at: Int(slot))
            slots.append(slot)
        }
        entries[Int(number)] = Entry(document: document, slots: slots)
        numbers[document.id] = number
        if document.tenant != nil { tenantCount += 1 }
    }

    /// Removes a document.
    ///
    /// - Returns: false if there is none.
    @discardableResult
    func remove(_ id: String) -> Bool {
        guard let number = numbers.removeValue(forKey: id), let entry = entries[Int(number)] else { return false }
        for slot in entry.slots {
            keywords.remove(at: Int(slot))
            vectors?.set(nil, at: Int(slot))
            places[Int(slot)].owner = -1
            live[Int(slot)] = 0
            freeSlots.append(slot)
        }
        if entry.document.tenant != nil { tenantCount -= 1 }
        entries[Int(number)] = nil
        freeEntries.append(number)
        return true
    }

    // MARK: Queries

    /// The documents that fit a query best.
    ///
    /// - Parameter texts: what words are looked for in.
    /// - Parameter vector: of the query; nil to look at words only.
    func documents(for query: RetrievalQuery, texts: [String], vector: [Float]?) -> [RetrievedDocument] {
        let terms = keywords.terms(of: texts)
        let admitted = admitted(by: DocumentFilter(query))
        let byWords = collapsed(keywords.best(of: terms, admitted: admitted, limit: Self.depth))
        let byVector = collapsed(vector.flatMap { vectors?.best(of: $0, admitted: admitted, limit: Self.depth) } ?? [])
        let lists = [byWords, byVector].map { list in
            list.map { RankFusion.Entry(document: $0.document, score: $0.score) }
        }
        let fused = RankFusion.fused(lists, query.fusion).sorted {
            $0.score > $1.score || $0.score == $1.score && id($0.document) < id($1.document)
        }
        return fused.prefix(query.limit).compactMap { found in
            let hits = [byWords, byVector].map { hits in Hit.first(of: found.document, in: hits) }
            return retrieved(found, terms, hits[0], hits[1])
        }
    }

    /// A document by its best chunk.
    private struct Hit {
        let document: Int32
        let slot: Int32
        let score: Float
        /// Among documents, counted from 1.
        let rank: Int

        static func first(of document: Int32, in hits: [Hit]) -> Hit? { hits.first { $0.document == document } }
    }

    private func collapsed(_ entries: [BestScores.Entry]) -> [Hit] {
        var seen: Set<Int32> = []
        var hits: [Hit] = []
        for entry in entries {
            let owner = places[Int(entry.slot)].owner
            guard owner >= 0, seen.insert(owner).inserted else { continue }
            hits.append(Hit(document: owner, slot: entry.slot, score: entry.score, rank: hits.count + 1))
        }
        return hits
    }

    private func id(_ number: Int32) -> String { entries[Int(number)]?.document.id ?? "" }

    private func retrieved(
        _ found: (document: Int32, score: Double), _ terms: [Int32], _ word: Hit?, _ vector: Hit?
    ) -> RetrievedDocument? {
        guard let document = entries[Int(found.document)]?.document, let slot = (word ?? vector)?.slot else {
            return nil
        }
        let common = keywords.common(terms, withChunkAt: Int(slot)).map { keywords.table.terms[Int($0)] }
        return RetrievedDocument(
            id: document.id, title: document.title, service: document.service, time: document.time,
            tags: document.tags, sections: DocumentText.sections(of: document.text),
            excerpt: DocumentChunk.part(places[Int(slot)].chunk.text, of: document.text), score: found.score,
            why: RetrievedDocument.Reason(
                keywordRank: word?.rank, keywordScore: word?.score, vectorRank: vector?.rank,
                similarity: vector?.score, terms: common))
    }

    /// For each slot 1 if its chunk may be found.
    private func admitted(by filter: DocumentFilter) -> [UInt8] {
        if tenantCount == 0, filter.admitsAllWithoutTenant { return live }
        var isAdmitted = [UInt8](repeating: 0, count: entries.count)
        for (number, entry) in entries.enumerated() {
            if let entry, filter.admits(entry.document) { isAdmitted[number] = 1 }
        }
        var admitted = live
        for slot in admitted.indices where admitted[slot] == 1 {
            admitted[slot] = isAdmitted[Int(places[slot].owner)]
        }
        return admitted
    }
}
