import KnowledgeRetrieval
import OpenInferenceProtocol
import Testing

@testable import InferenceServer

@Suite struct KnowledgeQueryTests {
    private static func parameters(_ query: String) -> QueryParameters {
        let bytes = Array(query.utf8)
        return QueryParameters(bytes.span)
    }

    @Test func `parameters are decoded, and a name may come again`() {
        let parameters = Self.parameters("q=a+b%20c%2B&tag=x&tag=y&empty=&bare&&=z")
        #expect(parameters["q"] == "a b c+")
        #expect(parameters.all("tag") == ["x", "y"] && parameters["tag"] == "y")
        #expect(parameters["empty"] == "" && parameters["bare"] == "" && parameters["none"] == nil)
        #expect(Self.parameters("").names.isEmpty)
    }

    @Test func `a search says what, for whom and how`() throws {
        let query = try KnowledgeQuery.search(
            Self.parameters("q=ERROR:app.db:disk+full&service=s&tenant=t&tag=a&name=n&limit=7&fusion=reciprocal_rank"))
        #expect(
            query
                == RetrievalQuery(
                    message: "disk full", names: ["n"], service: "s", tenant: "t", tags: ["a"], limit: 7,
                    fusion: .reciprocalRank))
    }

    @Test func `what is asked for keeps its limits`() throws {
        let range = KnowledgeRetrievalLimits.queryDocuments
        #expect(try KnowledgeQuery.search(Self.parameters("q=a&limit=\(range.upperBound)")).limit == range.upperBound)
        let long = String(repeating: "a", count: KnowledgeRetrievalLimits.queryByteCount + 1)
        for query in ["q=a&limit=\(range.upperBound + 1)", "q=\(long)", "q=", "limit=3", "q=a&color=1", "q=a&fusion=x"]
        {
            let error = #expect(throws: ProtocolError.self) { try KnowledgeQuery.search(Self.parameters(query)) }
            #expect(error?.code == .invalidArgument)
        }
        let pages = KnowledgeCallLimits.pageSize
        #expect(try KnowledgeQuery.page(Self.parameters("after=x&limit=\(pages.upperBound)")).after == "x")
        #expect(throws: ProtocolError.self) {
            try KnowledgeQuery.page(Self.parameters("limit=\(pages.upperBound + 1)"))
        }
    }

    @Test func `calls beyond the limit are refused`() {
        #expect(InferenceHandler.knowledgeRefusal(waitingCount: KnowledgeCallLimits.waitingCalls - 1) == nil)
        #expect(
            InferenceHandler.knowledgeRefusal(waitingCount: KnowledgeCallLimits.waitingCalls)?.code == .unavailable)
        #expect(InferenceHandler.knowledgeRefusal(bodyByteCount: KnowledgeCallLimits.bodyByteCount) == nil)
        #expect(InferenceHandler.knowledgeRefusal(bodyByteCount: KnowledgeCallLimits.bodyByteCount + 1) != nil)
    }

    @Test func `an answer lists the first ids`() {
        var outcome = KnowledgeKeeper.Outcome()
        outcome.added = 3
        let ids = (0...KnowledgeCallLimits.listedIds).map { "d\($0)" }
        let text = KnowledgeDocuments.text { KnowledgeDocuments.append(outcome, ids: ids, to: &$0) }
        #expect(text.hasPrefix(#"{"added":3,"replaced":0,"unchanged":0,"ids":["d0","d1""#))
        #expect(text.split(separator: ",").count == 3 + KnowledgeCallLimits.listedIds)
    }
}
