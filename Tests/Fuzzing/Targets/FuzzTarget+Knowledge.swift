import LinuxSystem

@testable import KnowledgeRetrieval

extension FuzzTarget {
    /// A log record, whatever it is, has a message within the limits, and masking it twice is masking it once.
    static let logRecord = FuzzTarget(name: "log-record") { input in
        let record = String(decoding: input, as: UTF8.self)
        let message = LogMessage(record: record)
        let limit = KnowledgeRetrievalLimits.messageByteCount
        precondition(message.text.utf8.count <= limit, "a message keeps its limit")
        precondition(message.identifiers.count <= KnowledgeRetrievalLimits.identifiers, "names keep their limit")
        let isBlank = record.utf8.allSatisfy(Letter.isBlank)
        precondition(isBlank || !message.text.isEmpty || input.count > limit, "what says something has a message")
        _ = message.masked
        _ = QueryText(RetrievalQuery(message: record)).words
    }

    /// Documents that are read keep their rules or are refused by name, are cut within their texts, and are the same
    /// once they are written and read again.
    static let knowledgeDocument = FuzzTarget(name: "knowledge-document") { input in
        let chunker = DocumentChunker(rules: ChunkingRules(tokenLimit: 32, characterLimit: 64, overlapSentences: 1)) {
            TokenEstimate.count($0)
        }
        for form in DocumentReader.Form.allCases {
            guard let documents = try? DocumentReader.documents(in: input.span, form, path: "a/b.md") else { continue }
            for document in documents where document.refusal == nil {
                for chunk in chunker.chunks(of: document) {
                    precondition(!chunk.text.isEmpty, "a chunk has a text")
                    precondition(chunk.text.upperBound <= document.text.utf8.count, "a chunk lies within the text")
                    let text = DocumentChunk.part(chunk.text, of: document.text)
                    precondition(text.count <= 64, "a chunk keeps its characters")
                }
                var written = ByteBuffer()
                document.append(to: &written)
                let again = written.withBytes { try? DocumentReader.json($0) }
                precondition(again == [document], "what is written is read as it was")
            }
        }
    }
}
