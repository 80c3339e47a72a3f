import JSONSyntax
import TestSupport
import Testing

@testable import KnowledgeRetrieval

/// How well log records find the runbook that somebody would have looked for.
///
/// The records of `Fixtures/records.ndjson` are written in the words of the systems that log them; each names one
/// runbook. Who wrote them knew the runbooks, so the figures compare ways of searching better than they promise
/// anything about other people's documents. `make eval` prints the table that the page *Knowledge* shows.
@Suite struct RetrievalQualityTests {
    /// A record and the runbook that it should find.
    private struct Judgement {
        let record: String
        let runbook: String
    }

    /// A way to search.
    private struct Way {
        let name: String
        var rules = AnalysisRules()
        /// Whether the whole record is looked up, as it stands.
        var isRaw = false
    }

    private static let ways = [
        Way(
            name: "words, whole record, as written", rules: AnalysisRules(splitsNames: false, stems: false),
            isRaw: true),
        Way(name: "words, whole record", isRaw: true),
        Way(name: "words, message, as written", rules: AnalysisRules(splitsNames: false, stems: false)),
        Way(name: "words, message, names split", rules: AnalysisRules(splitsNames: true, stems: false)),
        Way(name: "words, message, stems", rules: AnalysisRules(splitsNames: false, stems: true)),
        Way(name: "words, message, names split, stems"),
    ]

    private static func judgements() throws -> [Judgement] {
        try FixtureFile.text("records.ndjson").split(separator: "\n").map { line in
            let bytes = Array(line.utf8)
            let document = JSONValue(bytes.span)
            let value = try #require(document)
            return Judgement(
                record: try #require(value["record"]?.text), runbook: try #require(value["runbook"]?.text))
        }
    }

    private static func index(_ rules: AnalysisRules) throws -> KnowledgeIndex {
        let files = try KnowledgeFiles(at: "\(RepositoryRoot.path)/knowledge")
        let index = KnowledgeIndex(width: nil, .baseline, rules)
        let chunker = DocumentChunker(rules: ChunkingRules()) { TokenEstimate.count($0) }
        for path in files.paths {
            for document in try files.documents(in: path) {
                index.put(IndexedDocument(document: document, chunks: chunker.chunks(of: document), vectors: []))
            }
        }
        return index
    }

    /// The place of the right runbook among the first ten, counted from 1; nil if it is not among them.
    private static func ranks(_ way: Way, _ judgements: [Judgement]) throws -> [Int?] {
        let index = try index(way.rules)
        return judgements.map { judgement in
            let message = way.isRaw ? judgement.record : LogMessage(record: judgement.record).text
            let query = RetrievalQuery(message: message, limit: 10)
            let texts = way.isRaw ? [judgement.record] : QueryText(query).words
            let found = index.documents(for: query, texts: texts, vector: nil)
            return found.firstIndex { $0.id == judgement.runbook }.map { $0 + 1 }
        }
    }

    @Test func `log records find their runbooks`() throws {
        let judgements = try Self.judgements()
        #expect(judgements.count > 150)
        print("| \(judgements.count) log records | nDCG@10 (95 % interval) | recall@10 | MRR@10 |")
        print("|---|---|---|---|")
        var last = RetrievalScores(ranks: [])
        for way in Self.ways {
            last = RetrievalScores(ranks: try Self.ranks(way, judgements))
            print("| \(way.name) | \(last.text)")
        }
        // Words alone; vectors are to add what is missing to 0.87.
        #expect(last.gain >= 0.84)
    }

    @Test func `records that find something else are known`() throws {
        let judgements = try Self.judgements()
        let ranks = try Self.ranks(Self.ways[Self.ways.count - 1], judgements)
        for (judgement, rank) in zip(judgements, ranks) where rank != 1 {
            let message = LogMessage(record: judgement.record).text
            print("place \(rank.map { "\($0)" } ?? "-") of \(judgement.runbook): \(message)")
        }
        #expect(ranks.count { $0 == nil } <= judgements.count / 20)
    }

    @Test func `scores are those of the definitions`() {
        let scores = RetrievalScores(ranks: [1, 3, nil, 2])
        #expect(scores.recall == 0.75)
        #expect(abs(scores.reciprocalRank - (1 + 1.0 / 3 + 0.5) / 4) < 1e-12)
        #expect(abs(scores.gain - (1 + 0.5 + 0.6309297535714575) / 4) < 1e-12)
        let interval = scores.interval
        #expect(interval.lowerBound < scores.gain && scores.gain < interval.upperBound)
    }
}
