/// Makes of words what they are looked up by.
///
/// A word is a run of letters, digits and underscores. `KubePodCrashLooping` and `kube_pod_status` are cut into the
/// words they were made of; what is left is in lower case, no stop word, and without its ending.
enum TextAnalyser {
    /// Bytes of the longest part that is kept: longer ones are data.
    private static let partByteCount = 40

    /// The terms of a text, in order.
    static func terms(of text: String, _ rules: AnalysisRules = AnalysisRules()) -> [String] {
        var terms: [String] = []
        let bytes = Array(text.utf8)
        forEachWord(of: bytes.span) { range in
            forEachTerm(of: bytes[range], rules) { terms.append(Letter.text($0)) }
        }
        return terms
    }

    /// Gives the places of words to a function, in order.
    @inline(__always)
    static func forEachWord(of bytes: Span<UInt8>, _ body: (Range<Int>) -> Void) {
        var position = 0
        while position < bytes.count {
            guard isWordByte(bytes[position]) else {
                position &+= 1
                continue
            }
            let start = position
            while position < bytes.count, isWordByte(bytes[position]) { position &+= 1 }
            body(start..<position)
        }
    }

    @inline(__always)
    static func isWordByte(_ byte: UInt8) -> Bool {
        byte >= 0x61 && byte <= 0x7A || byte >= 0x41 && byte <= 0x5A || byte >= 0x30 && byte <= 0x39 || byte >= 0x80
            || byte == 0x5F
    }

    /// Gives the terms of one word to a function, in order.
    static func forEachTerm(of word: ArraySlice<UInt8>, _ rules: AnalysisRules, _ body: ([UInt8]) -> Void) {
        var start = word.startIndex
        while start < word.endIndex {
            if word[start] == UInt8(ascii: "_") {
                start += 1
                continue
            }
            let end = rules.splitsNames ? partEnd(word, start) : word.endIndex
            if let term = term(of: word[start..<end], rules) { body(term) }
            start = end
        }
    }

    /// Where a part ends: at an underscore, before a capital behind a small letter, and before the last capital of
    /// several that a small letter follows.
    private static func partEnd(_ word: ArraySlice<UInt8>, _ start: Int) -> Int {
        var end = start + 1
        while end < word.endIndex, word[end] != UInt8(ascii: "_") {
            if Letter.isUpper(word[end]) {
                let isBehindSmall = isSmall(word[end - 1])
                let isBeforeSmall =
                    end + 1 < word.endIndex && isSmall(word[end + 1]) && Letter.isUpper(word[end - 1])
                if isBehindSmall || isBeforeSmall { break }
            }
            end += 1
        }
        return end
    }

    /// Whether a byte is a small letter; of those beyond ASCII nobody can tell by a byte.
    private static func isSmall(_ byte: UInt8) -> Bool { Letter.isLower(byte) && byte < 0x80 }

    private static func term(of part: ArraySlice<UInt8>, _ rules: AnalysisRules) -> [UInt8]? {
        guard part.count > 1, part.count <= partByteCount else { return nil }
        let lowered =
            part.contains { $0 >= 0x80 } ? Array(Letter.text(part).lowercased().utf8) : part.map(Letter.lowered)
        if let firstDigit = lowered.firstIndex(where: Letter.isDigit) {
            return isName(lowered, firstDigit) ? lowered : nil
        }
        if StopWords.all.contains(Letter.text(lowered)) { return nil }
        return rules.stems ? PorterStemmer.stem(lowered) : lowered
    }

    /// Whether a part with digits is a name.
    ///
    /// The codes of a status and of an exit are (`503`, `137`), and short words such as `http2`, `ext4` and `p99`.
    /// Other numbers and ids say nothing.
    private static func isName(_ part: [UInt8], _ firstDigit: Int) -> Bool {
        let digitCount = part.count(where: Letter.isDigit)
        if digitCount == part.count { return digitCount == 3 }
        return firstDigit > 0 && part.count <= 7 && digitCount <= 3
    }
}
