/// Cuts a text into sentences, lists and code into lines.
enum SentenceCutter {
    /// Words that end in a full stop and not in the end of a sentence.
    private static let abbreviations: Set<String> = ["e.g.", "i.e.", "etc.", "vs.", "cf.", "approx.", "incl.", "no."]

    /// The sentences, parts of the text without white space at their ends.
    static func sentences(of text: Substring) -> [Substring] {
        var sentences: [Substring] = []
        // Lines that belong together: a paragraph or an item.
        var block: Range<Substring.Index>?
        func end() {
            if let range = block { cut(text[range], into: &sentences) }
            block = nil
        }
        var isFenced = false
        DocumentText.forEachLine(of: text) { line in
            let words = DocumentText.trimmed(line)
            let isFence = words.hasPrefix("```") || words.hasPrefix("~~~")
            if isFence { isFenced.toggle() }
            if words.isEmpty || isFence {
                end()
            } else if isFenced {
                sentences.append(words)
            } else {
                if isItem(words) { end() }
                block = (block?.lowerBound ?? words.startIndex)..<words.endIndex
            }
        }
        end()
        return sentences
    }

    /// Whether a line begins an item of a list, a row of a table or a quotation.
    private static func isItem(_ line: Substring) -> Bool {
        if ["- ", "* ", "+ ", "| ", "> "].contains(where: line.hasPrefix) { return true }
        let digits = line.utf8.prefix(while: Letter.isDigit).count
        return (1...3).contains(digits)
            && (line.dropFirst(digits).hasPrefix(". ") || line.dropFirst(digits).hasPrefix(") "))
    }

    private static func cut(_ block: Substring, into sentences: inout [Substring]) {
        var start: Substring.Index?
        var isFirst = true
        for word in words(of: block) {
            if start == nil {
                start = word.startIndex
                isFirst = true
            }
            defer { isFirst = false }
            guard let first = start, let last = word.utf8.last, ".!?".utf8.contains(last) else { continue }
            // The number of an item and an abbreviation end nothing.
            if isFirst, word.utf8.dropLast().allSatisfy(Letter.isDigit) { continue }
            if abbreviations.contains(word.lowercased()) { continue }
            sentences.append(block[first..<word.endIndex])
            start = nil
        }
        if let first = start { sentences.append(DocumentText.trimmed(block[first...])) }
    }

    /// What stands between white space.
    static func words(of text: Substring) -> [Substring] {
        var words: [Substring] = []
        var start = text.startIndex
        let bytes = text.utf8
        while let first = bytes[start...].firstIndex(where: { !Letter.isBlank($0) }) {
            let end = bytes[first...].firstIndex(where: Letter.isBlank) ?? text.endIndex
            words.append(text[first..<end])
            start = end
        }
        return words
    }
}
