import Testing

@testable import KnowledgeRetrieval

@Suite struct RankFusionTests {
    private static func list(_ entries: [(Int32, Float)]) -> [RankFusion.Entry] {
        entries.map { RankFusion.Entry(document: $0.0, score: $0.1) }
    }

    @Test func `reciprocal ranks count from one with the constant sixty`() {
        let lists = [Self.list([(1, 9), (2, 8)]), Self.list([(2, 0.5), (3, 0.1)])]
        let fused = RankFusion.fused(lists, .reciprocalRank)
        #expect(fused.map(\.document) == [2, 1, 3])
        let (first, second) = (1.0 / 61, 1.0 / 62)
        #expect(fused.map(\.score) == [first + second, first, second])
    }

    @Test func `relative scores count between the worst and the best of each half`() {
        let lists = [Self.list([(1, 10), (2, 6), (3, 2)]), Self.list([(3, 0.9), (2, 0.5)])]
        let fused = Dictionary(
            uniqueKeysWithValues: RankFusion.fused(lists, .relativeScore).map { ($0.document, $0.score) })
        #expect(fused[1] == 0.5)
        #expect(fused[2] == 0.25)
        #expect(fused[3] == 0.5)
    }

    @Test(arguments: RetrievalQuery.Fusion.allCases) func `one half alone keeps its order`(
        fusion: RetrievalQuery.Fusion
    ) {
        let fused = RankFusion.fused([Self.list([(4, 3), (5, 2), (6, 1)]), []], fusion)
        #expect(fused.map(\.document) == [4, 5, 6])
        #expect(RankFusion.fused([[], []], fusion).isEmpty)
        #expect(RankFusion.fused([Self.list([(7, 3)])], .relativeScore).map(\.score) == [1])
    }
}
