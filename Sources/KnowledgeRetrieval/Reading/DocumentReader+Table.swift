/// Documents as comma-separated values.
///
/// - Source: RFC 4180; lines may end with a line feed alone. The first line names the columns.
extension DocumentReader {
    /// Reads a table.
    package static func table(_ bytes: Span<UInt8>) throws(ReadingFault) -> [KnowledgeDocument] {
        var reader = TableReader()
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { reader.position = 3 }
        var names: [String] = []
        var documents: [KnowledgeDocument] = []
        while reader.position < bytes.count {
            let line = reader.line
            let fields = try reader.record(bytes)
            if fields == [""] { continue }
            do throws(ReadingFault) {
                if names.isEmpty {
                    for name in fields where !DocumentDraft.names.contains(name) { throw DocumentDraft.unknown(name) }
                    guard Set(fields).count == fields.count else { throw ReadingFault("a column is named twice") }
                    guard fields.contains("text") else { throw ReadingFault("there is no column text") }
                    names = fields
                    continue
                }
                guard fields.count == names.count else {
                    throw ReadingFault("\(fields.count) fields, and the first line names \(names.count)")
                }
                guard documents.count < KnowledgeRetrievalLimits.documentsPerText else {
                    throw ReadingFault("more than \(KnowledgeRetrievalLimits.documentsPerText) documents at once")
                }
                var draft = DocumentDraft()
                for (name, field) in zip(names, fields) { try draft.set(name, field) }
                documents.append(try draft.document())
            } catch {
                throw ReadingFault(line: line, error.message)
            }
        }
        return documents
    }
}

/// Takes comma-separated values apart.
private struct TableReader {
    var position = 0
    private(set) var line = 1

    /// The fields of the next record.
    mutating func record(_ bytes: Span<UInt8>) throws(ReadingFault) -> [String] {
        var fields: [String] = []
        while true {
            fields.append(try field(bytes))
            guard fields.count <= 64 else { throw ReadingFault(line: line, "more than 64 fields") }
            guard position < bytes.count else { return fields }
            let end = bytes[position]
            position += 1
            if end == 0x0A {
                line += 1
                return fields
            }
        }
    }

    /// Reads up to the comma or the end of the line.
    private mutating func field(_ bytes: Span<UInt8>) throws(ReadingFault) -> String {
        var field: [UInt8] = []
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
            while position < bytes.count, bytes[position] != UInt8(ascii: ","), bytes[position] != 0x0A {
                field.append(bytes[position])
                position += 1
            }
            if field.last == 0x0D { field.removeLast() }
            return Letter.text(field)
        }
        let first = line
        position += 1
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == 0x0A { line += 1 }
            if byte != UInt8(ascii: "\"") {
                field.append(byte)
            } else if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
                field.append(byte)
                position += 1
            } else {
                if position < bytes.count, bytes[position] == 0x0D { position += 1 }
                guard position == bytes.count || bytes[position] == UInt8(ascii: ",") || bytes[position] == 0x0A else {
                    throw ReadingFault(line: line, "a quoted field goes on behind its end")
                }
                return Letter.text(field)
            }
        }
        throw ReadingFault(line: first, "a quotation mark has no counterpart")
    }
}
