/// Cuts documents into chunks: by tokens, at the ends of sentences, never across a heading.
struct DocumentChunker {
    let rules: ChunkingRules
    /// How many tokens a text has, without the special ones at its ends.
    let tokenCount: (String) -> Int

    /// Cuts a document.
    ///
    /// - Returns: at least one chunk, if the document has any text.
    func chunks(of document: KnowledgeDocument) -> [DocumentChunk] {
        var chunks: [DocumentChunk] = []
        let text = document.text
        func range(_ part: Substring) -> Range<Int> {
            let start = text.utf8.distance(from: text.startIndex, to: part.startIndex)
            return start..<(start + part.utf8.count)
        }
        for part in DocumentText.parts(of: text) {
            let head = tokenCount("\(document.title): \(part.heading)")
            // A title must leave room for a text.
            let room = max(rules.tokenLimit - head, rules.tokenLimit / 4)
            for piece in cut(part.body, room: room) {
                chunks.append(DocumentChunk(heading: range(part.heading), text: range(piece)))
                if chunks.count == KnowledgeRetrievalLimits.chunksPerDocument { return chunks }
            }
        }
        return chunks
    }

    private func cut(_ body: Substring, room: Int) -> [Substring] {
        let sentences = SentenceCutter.sentences(of: body).flatMap { pieces(of: $0, room: room) }
        let counts = sentences.map { tokenCount(String($0)) }
        var chunks: [Substring] = []
        var first = 0
        while first < sentences.count {
            var last = first
            var tokens = counts[first]
            while last + 1 < sentences.count, tokens + counts[last + 1] <= room,
                isShort(body[sentences[first].startIndex..<sentences[last + 1].endIndex])
            {
                last += 1
                tokens += counts[last]
            }
            chunks.append(body[sentences[first].startIndex..<sentences[last].endIndex])
            if last + 1 == sentences.count { break }
            // The next chunk begins behind this one's beginning, however much is repeated.
            first = max(first + 1, last + 1 - rules.overlapSentences)
        }
        return chunks
    }

    /// A sentence, or parts of one that is too long: of whole words, unless a word is too long, too.
    private func pieces(of sentence: Substring, room: Int) -> [Substring] {
        if fits(sentence, room) { return [sentence] }
        var pieces: [Substring] = []
        var piece: Substring?
        var tokens = 0
        for word in SentenceCutter.words(of: sentence).flatMap({ parts(of: $0, room: room) }) {
            let count = tokenCount(String(word))
            if let begun = piece, tokens + count <= room, isShort(sentence[begun.startIndex..<word.endIndex]) {
                piece = sentence[begun.startIndex..<word.endIndex]
                tokens += count
            } else {
                if let piece { pieces.append(piece) }
                piece = word
                tokens = count
            }
        }
        if let piece { pieces.append(piece) }
        return pieces
    }

    private func parts(of word: Substring, room: Int) -> [Substring] {
        guard !fits(word, room), word.count > 1 else { return [word] }
        let middle = word.index(word.startIndex, offsetBy: word.count / 2)
        return parts(of: word[..<middle], room: room) + parts(of: word[middle...], room: room)
    }

    private func fits(_ text: Substring, _ room: Int) -> Bool { isShort(text) && tokenCount(String(text)) <= room }

    private func isShort(_ text: Substring) -> Bool {
        guard let limit = rules.characterLimit else { return true }
        // Most texts are short in bytes already.
        return text.utf8.count <= limit || text.count <= limit
    }
}
