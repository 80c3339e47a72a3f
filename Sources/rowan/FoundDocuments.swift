import JSONSyntax
import KnowledgeRetrieval

/// What a search has found, for people.
struct FoundDocuments {
    private let answer: JSONValue

    /// Reads what a server has answered.
    init(_ text: String) throws(ReadingFault) {
        let bytes = Array(text.utf8)
        guard let answer = JSONValue(bytes.span) else { throw ReadingFault("the server's answer is no JSON") }
        self.answer = answer
    }

    /// A paragraph for each document.
    var text: String {
        let documents = answer["documents"]?.elements ?? []
        let isKeywordOnly = answer["keyword_only"]?.flag == true
        var text = "\(documents.count) documents for: \(Self.shown(answer["message"]?.text ?? ""))"
        text += isKeywordOnly ? " (words only, no vectors)\n" : "\n"
        for (index, document) in documents.enumerated() {
            let score = Self.number(document["score"]?.number)
            text += "\n\(index + 1). \(Self.shown(document["title"]?.text ?? "")) "
            text += "[\(Self.shown(document["id"]?.text ?? ""))] score \(score)\n"
            text += "   why: \(Self.reason(document["why"]))\n"
            text += "   \(Self.shown(String((document["excerpt"]?.text ?? "").prefix(160))))\n"
        }
        return text
    }

    private static func reason(_ why: JSONValue?) -> String {
        var parts: [String] = []
        if let rank = why?["keyword_rank"]?.integer {
            parts.append("words place \(rank) (BM25 \(number(why?["keyword_score"]?.number)))")
        }
        if let rank = why?["vector_rank"]?.integer {
            parts.append("vectors place \(rank) (cosine \(number(why?["similarity"]?.number)))")
        }
        let terms = (why?["terms"]?.elements ?? []).compactMap(\.text)
        if !terms.isEmpty { parts.append("has " + terms.map(shown).joined(separator: ", ")) }
        return parts.joined(separator: "; ")
    }

    /// Three digits behind the point.
    private static func number(_ value: Double?) -> String {
        guard let value else { return "-" }
        let thousandths = Int((value * 1_000).rounded())
        let rest = "\(abs(thousandths) % 1_000)"
        return "\(thousandths < 0 ? "-" : "")\(abs(thousandths) / 1_000)."
            + String(repeating: "0", count: 3 - rest.count) + rest
    }

    /// Without control characters, which a terminal would obey.
    private static func shown(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }))
    }
}
