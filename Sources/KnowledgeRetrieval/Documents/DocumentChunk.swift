/// A part of a document that is found by itself: where its heading and its text stand in the document's text.
///
/// - Units: bytes of UTF-8.
struct DocumentChunk: Equatable {
    /// Empty for none.
    let heading: Range<Int>
    /// Whole sentences, unless one was too long.
    let text: Range<Int>

    /// What an encoder makes a vector of.
    func embedded(in document: KnowledgeDocument) -> String {
        let heading = Self.part(heading, of: document.text)
        let text = Self.part(text, of: document.text)
        return heading.isEmpty ? "\(document.title)\n\(text)" : "\(document.title): \(heading)\n\(text)"
    }

    /// A part of a text; what would be cut out of a character is repaired.
    static func part(_ range: Range<Int>, of text: String) -> String {
        let bytes = text.utf8
        let start = bytes.index(bytes.startIndex, offsetBy: range.lowerBound)
        return String(decoding: bytes[start..<bytes.index(start, offsetBy: range.count)], as: UTF8.self)
    }
}
