import TestSupport
import Testing

@testable import KnowledgeRetrieval

@Suite struct KeywordIndexTests {
    private static func add(_ text: String, to index: KeywordIndex, at slot: Int) {
        index.read(Array(text.utf8).span)
        index.add(at: slot)
    }

    private struct Case {
        var documents: [String] = []
        var queries: [(text: String, scores: [(slot: Int, score: Float)])] = []
    }

    private static func fixture() throws -> Case {
        let text = try FixtureFile.text("keyword-scores.txt")
        var fixture = Case()
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
            let rest = parts.count > 1 ? String(parts[1]) : ""
            switch parts[0] {
            case "document": fixture.documents.append(rest)
            case "query": fixture.queries.append((rest, []))
            default:
                let scores = rest.split(separator: " ").map { pair in
                    let numbers = pair.split(separator: ":")
                    return (slot: Int(numbers[0]) ?? -1, score: Float(numbers[1]) ?? .nan)
                }
                fixture.queries[fixture.queries.count - 1].scores = scores
            }
        }
        return fixture
    }

    @Test func `scores are those of bm25s`() throws {
        let fixture = try Self.fixture()
        let index = KeywordIndex()
        for (slot, document) in fixture.documents.enumerated() { Self.add(document, to: index, at: slot) }
        #expect(fixture.queries.count == 60)
        for query in fixture.queries {
            Self.check(index, query)
        }
    }

    private static func check(_ index: KeywordIndex, _ query: (text: String, scores: [(slot: Int, score: Float)])) {
        let best = index.best(of: index.terms(of: [query.text]), admitted: [], limit: 100)
        #expect(best.count == query.scores.count)
        for (entry, expected) in zip(best, query.scores) {
            #expect(abs(entry.score - expected.score) <= 1e-5, "\(query.text)")
        }
        let expected = Dictionary(query.scores.map { ($0.slot, $0.score) }) { first, _ in first }
        for entry in best {
            // Of equal scores at the end of the list another one may be in.
            if let score = expected[Int(entry.slot)] { #expect(abs(entry.score - score) <= 1e-5) }
        }
    }

    @Test func `what was removed and added again counts as if nothing had been`() throws {
        let fixture = try Self.fixture()
        let index = KeywordIndex()
        for (slot, document) in fixture.documents.enumerated() { Self.add(document, to: index, at: slot) }
        for slot in stride(from: 0, to: fixture.documents.count, by: 3) {
            index.remove(at: slot)
            Self.add("something else entirely", to: index, at: slot)
            index.remove(at: slot)
            Self.add(fixture.documents[slot], to: index, at: slot)
        }
        for query in fixture.queries { Self.check(index, query) }
    }

    @Test func `chunks that are not admitted are not found`() {
        let index = KeywordIndex()
        for slot in 0..<3 { Self.add("disk full", to: index, at: slot) }
        let terms = index.terms(of: ["disk"])
        #expect(index.best(of: terms, admitted: [1, 0, 1], limit: 10).map(\.slot) == [0, 2])
        #expect(index.best(of: terms, admitted: [], limit: 2).map(\.slot) == [0, 1])
        #expect(index.best(of: [], admitted: [], limit: 2).isEmpty)
    }

    @Test func `of a long query the rarest terms are looked up`() {
        let index = KeywordIndex()
        let words = (0..<(KnowledgeRetrievalLimits.queryTerms + 10)).map { "q\(["a", "b", "c", "d"][$0 % 4])\($0)" }
        for slot in words.indices { Self.add(words[0...slot].joined(separator: " "), to: index, at: slot) }
        let terms = index.terms(of: [words.joined(separator: " ")])
        #expect(terms.count == KnowledgeRetrievalLimits.queryTerms)
        #expect(terms.contains { index.table.terms[Int($0)] == words.last })
        #expect(!terms.contains { index.table.terms[Int($0)] == words[0] })
    }
}
