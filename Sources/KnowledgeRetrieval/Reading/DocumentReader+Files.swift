import LinuxSystem

/// Reading files: what their names say about their form.
extension DocumentReader {
    /// The form of a file.
    package enum Form: String, CaseIterable, Sendable {
        case markdown, text, json, jsonLines, csv

        /// The form that a file's name says; nil for one that holds no documents.
        package init?(fileName: String) {
            guard let dot = fileName.lastIndex(of: "."), dot > fileName.startIndex else { return nil }
            switch fileName[fileName.index(after: dot)...].lowercased() {
            case "md", "markdown": self = .markdown
            case "txt", "text", "log": self = .text
            case "json": self = .json
            case "ndjson", "jsonl": self = .jsonLines
            case "csv": self = .csv
            default: return nil
            }
        }
    }

    /// Reads the documents of a file.
    ///
    /// - Parameter path: relative to what was named; the id of a document that has none of its own is made of it.
    package static func documents(
        in content: Span<UInt8>, _ form: Form, path: String
    ) throws(ReadingFault) -> [KnowledgeDocument] {
        switch form {
        case .json: return try json(content)
        case .jsonLines: return try jsonLines(content)
        case .csv: return try table(content)
        case .markdown: return [try markdown(text(content), path: path)]
        case .text:
            var draft = DocumentDraft()
            try draft.set("text", text(content))
            return [try draft.document(id: id(of: path), title: name(of: path))]
        }
    }

    private static func text(_ content: Span<UInt8>) -> String {
        var text = content.text(content.indices)
        if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
        return text
    }

    /// A page of Markdown, in front of which fields may stand between two lines of three hyphens.
    private static func markdown(_ text: String, path: String) throws(ReadingFault) -> KnowledgeDocument {
        var draft = DocumentDraft()
        var body = text[...]
        if text.hasPrefix("---\n") || text.hasPrefix("---\r\n") {
            var lines: [Substring] = []
            var end: Substring.Index?
            DocumentText.forEachLine(of: text[...]) { line in
                guard end == nil else { return }
                let words = DocumentText.trimmed(line)
                if words == "---", !lines.isEmpty { end = line.endIndex } else { lines.append(words) }
            }
            if let end {
                for (index, line) in lines.enumerated().dropFirst() where !line.isEmpty && !line.hasPrefix("#") {
                    let pair = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                    let name = String(DocumentText.trimmed(pair[0]))
                    // Pages of other systems have fields of their own.
                    guard pair.count == 2, name != "text", DocumentDraft.names.contains(name) else { continue }
                    do throws(ReadingFault) {
                        try draft.set(name, unquoted(DocumentText.trimmed(pair[1])))
                    } catch {
                        throw ReadingFault(line: index + 1, error.message)
                    }
                }
                body = text[end...]
            }
        }
        try draft.set("text", String(DocumentText.trimmed(body)))
        return try draft.document(id: id(of: path), title: name(of: path))
    }

    private static func unquoted(_ text: Substring) -> String {
        guard text.count > 1, let quote = text.first, quote == "\"" || quote == "'", text.last == quote else {
            return String(text)
        }
        return String(text.dropFirst().dropLast())
    }

    /// Of `network/dns slow.md` `network.dns-slow`.
    static func id(of path: String) -> String {
        let stem = path.lastIndex(of: ".").map { path[..<$0] } ?? path[...]
        let bytes = stem.utf8.map { byte in
            if byte == UInt8(ascii: "/") { return UInt8(ascii: ".") }
            return byte < 0x80 && (Letter.isWord(byte) || "-_.".utf8.contains(byte)) ? byte : UInt8(ascii: "-")
        }
        return Letter.text(bytes.drop { $0 == UInt8(ascii: ".") }.suffix(KnowledgeRetrievalLimits.idByteCount))
    }

    private static func name(of path: String) -> String {
        let file = path.split(separator: "/").last.map(String.init) ?? path
        return file.lastIndex(of: ".").map { String(file[..<$0]) } ?? file
    }
}
