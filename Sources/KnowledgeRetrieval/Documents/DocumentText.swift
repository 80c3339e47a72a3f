/// Reads the text of a document: headings of Markdown, and what stands under them.
enum DocumentText {
    /// A heading and what stands under it, both parts of the text.
    struct Part {
        let heading: Substring
        let body: Substring
    }

    /// The parts in order, those without a body left out.
    ///
    /// Headings of the first level are titles, and what stands under them has none.
    static func parts(of text: String) -> [Part] {
        var parts: [Part] = []
        var heading = text[text.startIndex..<text.startIndex]
        var bodyStart = text.startIndex
        var isFenced = false
        forEachLine(of: text[...]) { line in
            if line.hasPrefix("```") || line.hasPrefix("~~~") { isFenced.toggle() }
            guard !isFenced, let level = level(of: line) else { return }
            let body = trimmed(text[bodyStart..<line.startIndex])
            if !body.isEmpty { parts.append(Part(heading: heading, body: body)) }
            heading = level == 1 ? line.prefix(0) : trimmed(line.dropFirst(level))
            bodyStart = line.endIndex
        }
        let body = trimmed(text[bodyStart...])
        if !body.isEmpty { parts.append(Part(heading: heading, body: body)) }
        return parts
    }

    /// The sections of a text.
    static func sections(of text: String) -> [DocumentSection] {
        parts(of: text).map { DocumentSection(heading: String($0.heading), text: String($0.body)) }
    }

    /// The first line, if it is a heading of the first level; nil otherwise.
    static func title(of text: String) -> String? {
        var title: String?
        var isFirst = true
        forEachLine(of: text[...]) { line in
            guard isFirst, !line.allSatisfy(\.isWhitespace), !line.hasPrefix("<!--") else { return }
            isFirst = false
            if level(of: line) == 1 { title = String(trimmed(line.dropFirst(1))) }
        }
        return title
    }

    /// Of `## Meaning` 2; nil for a line that is no heading.
    private static func level(of line: Substring) -> Int? {
        let level = line.utf8.prefix { $0 == UInt8(ascii: "#") }.count
        guard (1...6).contains(level), line.utf8.dropFirst(level).first == 0x20 else { return nil }
        return level
    }

    /// Gives lines to a function, without their ends.
    static func forEachLine(of text: Substring, _ body: (Substring) -> Void) {
        var start = text.startIndex
        let bytes = text.utf8
        while start < text.endIndex {
            let end = bytes[start...].firstIndex(of: 0x0A) ?? text.endIndex
            body(text[start..<end])
            start = end < text.endIndex ? bytes.index(after: end) : end
        }
    }

    /// Without white space at its ends.
    static func trimmed(_ text: Substring) -> Substring {
        let bytes = text.utf8
        guard let first = bytes.firstIndex(where: { !Letter.isBlank($0) }),
            let last = bytes.lastIndex(where: { !Letter.isBlank($0) })
        else { return text.prefix(0) }
        return text[first..<bytes.index(after: last)]
    }
}
