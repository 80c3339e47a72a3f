import OpenInferenceProtocol

/// A document whose fields arrive one by one.
struct DocumentDraft {
    private var fields: [String: String] = [:]
    private var tags: [String] = []
    private var time: Int64?

    static let names = ["id", "title", "text", "service", "tenant", "time", "tags"]

    /// Takes a field that is a text; an empty one is as none.
    mutating func set(_ name: String, _ value: String) throws(ReadingFault) {
        guard Self.names.contains(name) else { throw Self.unknown(name) }
        switch name {
        case "time" where !value.isEmpty:
            if let seconds = Int64(value) {
                time = seconds
            } else if let moment = InternetTime(value) {
                time = moment.secondsSince1970
            } else {
                throw ReadingFault("time '\(value.prefix(40))' is none of RFC 3339, as in 2026-11-30T10:00:00Z")
            }
        case "tags": tags = Self.list(value)
        default: fields[name] = value.isEmpty ? nil : value
        }
    }

    mutating func set(time seconds: Int64) { time = seconds }

    mutating func set(tags: [String]) { self.tags = tags }

    static func unknown(_ name: String) -> ReadingFault {
        ReadingFault("'\(name.prefix(64))' is no field of a document: there are \(names.joined(separator: ", "))")
    }

    /// `a, b`, `[a, b]` or `a; b`.
    private static func list(_ text: String) -> [String] {
        var inside = DocumentText.trimmed(text[...])
        if inside.hasPrefix("["), inside.hasSuffix("]") { inside = inside.dropFirst().dropLast() }
        return inside.split { $0 == "," || $0 == ";" }.map { part in
            var word = DocumentText.trimmed(part)
            if word.count > 1, let quote = word.first, quote == "\"" || quote == "'", word.last == quote {
                word = word.dropFirst().dropLast()
            }
            return String(word)
        }
        .filter { !$0.isEmpty }
    }

    /// The document.
    ///
    /// - Parameter id: taken if none is given; nil to make one of the content.
    /// - Parameter title: taken if none is given.
    func document(id: String? = nil, title: String? = nil) throws(ReadingFault) -> KnowledgeDocument {
        guard let text = fields["text"] else { throw ReadingFault("a document has no text") }
        let firstLine = DocumentText.trimmed(text[...]).prefix { !$0.isNewline }.prefix(100)
        var document = KnowledgeDocument(
            id: fields["id"] ?? id ?? "",
            title: fields["title"] ?? DocumentText.title(of: text) ?? title ?? String(firstLine), text: text,
            service: fields["service"], tenant: fields["tenant"], time: time, tags: tags)
        if document.id.isEmpty {
            document.id = "document-" + String(UInt64(bitPattern: document.contentHash), radix: 16)
        }
        return document
    }
}
