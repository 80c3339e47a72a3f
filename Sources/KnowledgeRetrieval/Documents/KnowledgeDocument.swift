/// Something that is known: a runbook, an incident of the past.
package struct KnowledgeDocument: Equatable, Sendable {
    package var id: String
    package var title: String
    /// Plain or Markdown.
    package var text: String
    /// The service that it is about; nil for all.
    package var service: String?
    /// Whom it belongs to; nil for all.
    package var tenant: String?
    /// When it happened or was written, seconds since 1970.
    package var time: Int64?
    package var tags: [String]

    /// Describes a document.
    package init(
        id: String, title: String, text: String, service: String? = nil, tenant: String? = nil, time: Int64? = nil,
        tags: [String] = []
    ) {
        self.id = id
        self.title = title
        self.text = text
        self.service = service
        self.tenant = tenant
        self.time = time
        self.tags = tags
    }

    /// Why the document cannot be kept; nil if it can.
    package var refusal: String? {
        if id.isEmpty || !id.utf8.allSatisfy(Self.isIdByte) {
            return "id has a character other than letters, digits, '-', '_', '.' and ':'"
        }
        if id == "search" || id == "." || id == ".." { return "id '\(id)' is taken" }
        let texts: [(String, String?, Int)] = [
            ("id", id, KnowledgeRetrievalLimits.idByteCount),
            ("title", title, KnowledgeRetrievalLimits.titleByteCount),
            ("text", text, KnowledgeRetrievalLimits.textByteCount),
            ("service", service, KnowledgeRetrievalLimits.serviceByteCount),
            ("tenant", tenant, KnowledgeRetrievalLimits.tenantByteCount),
        ]
        for (field, value, limit) in texts {
            if let value, value.utf8.count > limit { return "\(field) has more than \(limit) bytes" }
        }
        if tags.count > KnowledgeRetrievalLimits.tags {
            return "tags has more than \(KnowledgeRetrievalLimits.tags) elements"
        }
        if (tags + [title, service ?? "", tenant ?? ""]).contains(where: { $0.utf8.contains { $0 < 0x20 } }) {
            return "title, service, tenant or a tag has a control character"
        }
        for tag in tags where tag.utf8.count > KnowledgeRetrievalLimits.tagByteCount {
            return "tags has an element of more than \(KnowledgeRetrievalLimits.tagByteCount) bytes"
        }
        if text.utf8.allSatisfy(Letter.isBlank) { return "text is empty" }
        return nil
    }

    private static func isIdByte(_ byte: UInt8) -> Bool {
        byte < 0x80 && (Letter.isWord(byte) || "-_.:".utf8.contains(byte))
    }

    /// A number that changes when what is kept of the document would.
    ///
    /// - Source: FNV-1a of 64 bits over the fields, each behind its length.
    package var contentHash: Int64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        func add(_ text: String?) {
            for byte in "\(text?.utf8.count ?? -1);".utf8 { add(byte) }
            for byte in (text ?? "").utf8 { add(byte) }
        }
        for text in [title, text, service, tenant, time.map { "\($0)" }] { add(text) }
        for tag in tags { add(tag) }
        return Int64(bitPattern: hash)
    }
}
