import JSONSyntax
import LinuxSystem

/// Reads documents from texts of several forms.
package enum DocumentReader {
    /// Reads one document, a list of them, or `{"documents": […]}`.
    ///
    /// - Throws: the first thing that is wrong; members that documents do not have are named.
    package static func json(_ bytes: Span<UInt8>) throws(ReadingFault) -> [KnowledgeDocument] {
        var cursor = JSONCursor(depthLimit: 4)
        var documents: [KnowledgeDocument] = []
        switch try next(&cursor, bytes) {
        case .beginArray: try readList(&cursor, bytes, &documents)
        case .beginObject:
            var probe = cursor
            if case .key(let key) = try next(&probe, bytes), JSONString.equals(key, in: bytes, "documents") {
                cursor = probe
                guard case .beginArray = try next(&cursor, bytes) else {
                    throw ReadingFault("'documents' is no list")
                }
                try readList(&cursor, bytes, &documents)
                guard case .endObject = try next(&cursor, bytes) else {
                    throw ReadingFault("beside 'documents' there is something else")
                }
            } else {
                documents.append(try document(&cursor, bytes))
            }
        default: throw ReadingFault("a document is a JSON object")
        }
        _ = try next(&cursor, bytes)
        return documents
    }

    /// Reads one document on each line; empty lines count for nothing.
    package static func jsonLines(_ bytes: Span<UInt8>) throws(ReadingFault) -> [KnowledgeDocument] {
        var documents: [KnowledgeDocument] = []
        var (line, start) = (0, 0)
        while start < bytes.count {
            line += 1
            var end = start
            while end < bytes.count, bytes[end] != 0x0A { end += 1 }
            let content = bytes.extracting(start..<end)
            start = end + 1
            guard content.indices.contains(where: { !Letter.isBlank(content[$0]) }) else { continue }
            do throws(ReadingFault) {
                var cursor = JSONCursor(depthLimit: 2)
                guard case .beginObject = try next(&cursor, content) else {
                    throw ReadingFault("a document is a JSON object")
                }
                try append(try document(&cursor, content), to: &documents)
                _ = try next(&cursor, content)
            } catch {
                throw ReadingFault(line: line, error.message)
            }
        }
        return documents
    }

    // MARK: JSON

    private static func next(_ cursor: inout JSONCursor, _ bytes: Span<UInt8>) throws(ReadingFault) -> JSONToken {
        do throws(JSONFault) {
            return try cursor.next(in: bytes)
        } catch {
            throw ReadingFault("invalid JSON: \(error.message)")
        }
    }

    private static func append(
        _ document: KnowledgeDocument, to documents: inout [KnowledgeDocument]
    ) throws(ReadingFault) {
        guard documents.count < KnowledgeRetrievalLimits.documentsPerText else {
            throw ReadingFault("more than \(KnowledgeRetrievalLimits.documentsPerText) documents at once")
        }
        documents.append(document)
    }

    private static func readList(
        _ cursor: inout JSONCursor, _ bytes: Span<UInt8>, _ documents: inout [KnowledgeDocument]
    ) throws(ReadingFault) {
        while true {
            switch try next(&cursor, bytes) {
            case .endArray: return
            case .beginObject:
                do throws(ReadingFault) {
                    try append(try document(&cursor, bytes), to: &documents)
                } catch {
                    throw ReadingFault("document \(documents.count): \(error.message)")
                }
            default: throw ReadingFault("document \(documents.count): a document is a JSON object")
            }
        }
    }

    /// Reads an object whose beginning was read.
    private static func document(
        _ cursor: inout JSONCursor, _ bytes: Span<UInt8>
    ) throws(ReadingFault) -> KnowledgeDocument {
        var draft = DocumentDraft()
        var seen: Set<String> = []
        while case .key(let key) = try next(&cursor, bytes) {
            let name = JSONString.decode(key, in: bytes)
            guard DocumentDraft.names.contains(name) else { throw DocumentDraft.unknown(name) }
            guard seen.insert(name).inserted else { throw ReadingFault("'\(name)' is given twice") }
            switch try next(&cursor, bytes) {
            case .null: break
            case .string(let string): try draft.set(name, JSONString.decode(string, in: bytes))
            case .number(let range) where name == "time":
                guard let seconds = Int64(bytes.text(range)) else {
                    throw ReadingFault("time is no whole number of seconds")
                }
                draft.set(time: seconds)
            case .beginArray where name == "tags":
                var tags: [String] = []
                while true {
                    let token = try next(&cursor, bytes)
                    if token == .endArray { break }
                    guard case .string(let tag) = token else { throw ReadingFault("tags is no list of strings") }
                    tags.append(JSONString.decode(tag, in: bytes))
                }
                draft.set(tags: tags)
            default: throw ReadingFault("\(name) is no \(name == "tags" ? "list of strings" : "string")")
            }
        }
        return try draft.document()
    }
}
