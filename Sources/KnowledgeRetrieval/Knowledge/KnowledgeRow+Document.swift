import DurableState
import LinuxSystem

/// Documents as rows, and rows as documents.
extension KnowledgeRow {
    /// Bytes of a chunk's place: where heading and text begin and end, four numbers of 32 bits.
    private static let placeByteCount = 16

    init(_ indexed: IndexedDocument, encoder: String) {
        let document = indexed.document
        var places: [UInt8] = []
        places.reserveCapacity(indexed.chunks.count * Self.placeByteCount)
        for chunk in indexed.chunks {
            for number in [chunk.heading, chunk.text].flatMap({ [$0.lowerBound, $0.upperBound] }) {
                Self.append(UInt32(number), to: &places)
            }
        }
        var vectors: [UInt8] = []
        vectors.reserveCapacity(indexed.vectors.reduce(0) { $0 + $1.count * 4 })
        for vector in indexed.vectors {
            for number in vector { Self.append(number.bitPattern, to: &vectors) }
        }
        self.init(
            id: document.id, title: document.title, text: document.text, service: document.service,
            tenant: document.tenant, time: document.time, tags: document.tags.joined(separator: "\n"),
            contentHash: document.contentHash, chunks: places, encoder: indexed.vectors.isEmpty ? "" : encoder,
            vectors: vectors)
    }

    private static func append(_ number: UInt32, to bytes: inout [UInt8]) {
        for shift in stride(from: UInt32(0), to: 32, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: number &>> shift))
        }
    }

    var document: KnowledgeDocument {
        KnowledgeDocument(
            id: id, title: title, text: text, service: service, tenant: tenant, time: time,
            tags: tags.split(separator: "\n").map(String.init))
    }

    /// The document as it goes into the index; nil if what is kept of its chunks is nothing that Rowan would write.
    ///
    /// - Parameter encoder: vectors of another one are left out.
    func indexed(encoder: (any SentenceEncoder)?) -> IndexedDocument? {
        let byteCount = text.utf8.count
        let count = chunks.count / Self.placeByteCount
        guard count * Self.placeByteCount == chunks.count, count <= KnowledgeRetrievalLimits.chunksPerDocument else {
            return nil
        }
        let chunks = chunks
        let places = chunks.span
        var read: [DocumentChunk] = []
        read.reserveCapacity(count)
        for index in 0..<count {
            let start = index * Self.placeByteCount
            let numbers = (0..<4).map { Int(places.littleEndian(UInt32.self, at: start + $0 * 4)) }
            guard numbers[0] <= numbers[1], numbers[1] <= byteCount, numbers[2] <= numbers[3], numbers[3] <= byteCount
            else { return nil }
            read.append(DocumentChunk(heading: numbers[0]..<numbers[1], text: numbers[2]..<numbers[3]))
        }
        var known: [[Float]] = []
        if let encoder, encoder.name == self.encoder, vectors.count == count * encoder.width * 4 {
            let vectors = vectors
            let bytes = vectors.span
            known = (0..<count).map { index in
                let start = index * encoder.width * 4
                var vector = [Float](repeating: 0, count: encoder.width)
                var numbers = vector.mutableSpan
                numbers.copyLittleEndian(bytes.extracting(start..<(start + encoder.width * 4)))
                return vector
            }
            guard known.allSatisfy({ $0.allSatisfy(\.isFinite) }) else { return nil }
        }
        return IndexedDocument(document: document, chunks: read, vectors: known)
    }
}
