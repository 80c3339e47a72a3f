import LinuxSystem

/// Cuts texts into the pieces of words that an encoder knows, as BERT's tokenizer without case does.
///
/// Characters go through the table one by one and gather in the word at hand; a space, a mark of punctuation or an
/// ideograph ends it, and a word that has ended is cut into its longest known pieces from the front.
///
/// Malformed UTF-8 vanishes, as the character that stands for it does.
///
/// - Isolation: any thread; immutable. What changes lives in a `TokenizerScratch`.
/// - Source: tokenizers 0.23.3: `BertNormalizer`, `BertPreTokenizer`, `WordPiece`; special words as `AddedVocabulary`.
package struct WordPieceTokenizer: Sendable {
    package let vocabulary: Vocabulary
    private let table = CharacterTable.uncased

    /// Makes a tokenizer.
    package init(_ vocabulary: Vocabulary) {
        self.vocabulary = vocabulary
    }

    /// Appends the numbers of a text's pieces, between that of the beginning and that of the end.
    ///
    /// - Complexity: linear in the bytes up to the last piece; allocates only if the scratch or the tokens outgrow what
    ///   they had before.
    /// - Parameter limit: most tokens, the beginning and the end included; what is behind is cut off.
    /// - Returns: how many were appended.
    /// - Precondition: the limit is at least 2.
    @discardableResult
    package func append(
        _ text: Span<UInt8>, limit: Int, to tokens: inout [Int32], scratch: inout TokenizerScratch
    ) -> Int {
        precondition(limit >= 2, "a beginning and an end")
        let first = tokens.count
        let room = first + limit - 1
        tokens.append(vocabulary.beginning)
        var index = 0
        while index < text.count, tokens.count < room {
            let (end, special) = nextSpecial(in: text, from: index)
            appendPart(text.extracting(index..<end), room: room, to: &tokens, scratch: &scratch)
            index = end
            if let special {
                if tokens.count < room { tokens.append(special.id) }
                index += special.text.count
            }
        }
        if tokens.count > room { tokens.removeLast(tokens.count - room) }
        tokens.append(vocabulary.end)
        return tokens.count - first
    }

    /// Finds the next special word.
    ///
    /// - Returns: where it begins, or the text's end without one.
    private func nextSpecial(
        in text: Span<UInt8>, from start: Int
    ) -> (index: Int, special: (text: [UInt8], id: Int32)?) {
        for index in start..<text.count where text[index] == UInt8(ascii: "[") {
            for special in vocabulary.special where special.text.count <= text.count - index {
                var offset = 0
                while offset < special.text.count, text[index + offset] == special.text[offset] { offset += 1 }
                if offset == special.text.count { return (index, special) }
            }
        }
        return (text.count, nil)
    }

    /// Appends the pieces of a part of a text without special words; stops when there is no more room.
    private func appendPart(
        _ text: Span<UInt8>, room: Int, to tokens: inout [Int32], scratch: inout TokenizerScratch
    ) {
        scratch.removeWord()
        var decoder = TextDecoder()
        while let scalar = decoder.next(in: text) {
            let entry = table[scalar]
            if entry.bits & CharacterTable.Entry.flags == 0 {
                place(entry.target, &scratch, &tokens)
            } else if entry.has(CharacterTable.Entry.isSpace) {
                endWord(&scratch, &tokens)
                if tokens.count >= room { return }
            } else if entry.has(CharacterTable.Entry.vanishes) {
                if entry.has(CharacterTable.Entry.separates) { scratch.separateMarks() }
            } else {
                if entry.has(CharacterTable.Entry.isIdeograph) { endWord(&scratch, &tokens) }
                if entry.has(CharacterTable.Entry.isSequence) {
                    for target in table.sequence(entry.target) { place(target, &scratch, &tokens) }
                } else {
                    place(entry.target, &scratch, &tokens)
                }
                if entry.has(CharacterTable.Entry.isIdeograph) { endWord(&scratch, &tokens) }
                if tokens.count >= room { return }
            }
        }
        endWord(&scratch, &tokens)
    }

    /// Adds a character that took another's place to the word at hand.
    private func place(_ scalar: UInt32, _ scratch: inout TokenizerScratch, _ tokens: inout [Int32]) {
        if scalar < 0x80 {
            // Of ASCII all but letters and digits are punctuation; spaces and control characters never come here.
            if table[scalar].has(CharacterTable.Entry.isPunctuation) { return placeAlone(scalar, &scratch, &tokens) }
            return scratch.append(scalar)
        }
        if HangulSyllable.range.contains(scalar) {
            let parts = HangulSyllable.parts(of: scalar)
            for index in parts.indices where parts[index] != 0 { scratch.append(parts[index]) }
            return
        }
        let entry = table[scalar]
        if entry.has(CharacterTable.Entry.isPunctuation) { return placeAlone(scalar, &scratch, &tokens) }
        if entry.has(CharacterTable.Entry.isSorted) {
            scratch.append(scalar, sortingClass: table.sortingClass(scalar))
        } else {
            scratch.append(scalar)
        }
    }

    private func placeAlone(_ scalar: UInt32, _ scratch: inout TokenizerScratch, _ tokens: inout [Int32]) {
        endWord(&scratch, &tokens)
        scratch.append(scalar)
        endWord(&scratch, &tokens)
    }

    /// Cuts the word at hand into its longest known pieces and begins another.
    private func endWord(_ scratch: inout TokenizerScratch, _ tokens: inout [Int32]) {
        if scratch.characterCount == 0 { return }
        defer { scratch.removeWord() }
        if scratch.characterCount > TextEmbeddingLimits.charactersPerWord {
            tokens.append(vocabulary.unknown)
            return
        }
        scratch.encodeWord()
        let firstToken = tokens.count
        var start = 0
        while start < scratch.byteCount {
            guard let (id, end) = longestPiece(from: start, &scratch) else {
                tokens.removeLast(tokens.count - firstToken)
                tokens.append(vocabulary.unknown)
                return
            }
            tokens.append(id)
            start = end
        }
    }

    /// The longest known piece that begins at a byte of the word.
    private func longestPiece(from start: Int, _ scratch: inout TokenizerScratch) -> (id: Int32, end: Int)? {
        // A piece that does not begin the word is written behind two signs in the vocabulary, as it is in the scratch.
        let first = start == 0 ? TokenizerScratch.prefixByteCount : start
        if start > 0 { scratch.writePrefix(before: start + TokenizerScratch.prefixByteCount) }
        let end = min(
            scratch.byteCount + TokenizerScratch.prefixByteCount, first + vocabulary.greatestByteCount)
        scratch.hashes.removeAll(keepingCapacity: true)
        var hash = Vocabulary.emptyHash
        for index in first..<end {
            hash = Vocabulary.extend(hash, by: scratch.bytes[index])
            scratch.hashes.append(hash)
        }
        // The prefix alone is no piece.
        let least = first + (start == 0 ? 0 : TokenizerScratch.prefixByteCount)
        var last = end
        while last > least {
            let word = scratch.bytes.span.extracting(first..<last)
            if let id = vocabulary.number(word, hash: Vocabulary.finish(scratch.hashes[last - first - 1])) {
                return (id, last - TokenizerScratch.prefixByteCount)
            }
            last -= 1
        }
        return nil
    }
}
