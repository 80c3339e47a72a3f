import Testing

@testable import ModelMonitoring

/// Edges and counts of small samples, by hand; a larger one is compared with numpy's by the conformance tests.
@Suite struct DriftReferenceBuilderTests {
    private func bins(_ values: [Double], count: Int = 10) throws -> (DriftReference.Bins, missing: UInt64) {
        let variable = DriftReferenceBuilder.bins(of: values, name: "x", binCount: count)
        guard case .bins(let bins) = variable.distribution else {
            Issue.record("numbers have bins")
            return (DriftReference.Bins(range: nil, edges: [], counts: []), 0)
        }
        return (bins, variable.missingCount)
    }

    @Test func `edges are the values at tenths of the sorted sample`() throws {
        let (bins, missing) = try bins((0..<200).map { Double($0) }.shuffled() + [.nan, .nan])
        #expect(bins.edges == [20, 40, 60, 80, 100, 120, 140, 160, 180])
        #expect(bins.counts == Array(repeating: 20, count: 10))
        #expect(bins.range == 0...199)
        #expect(missing == 2)
    }

    @Test func `few values have a bin each`() throws {
        let (bins, _) = try bins([0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 7])
        #expect(bins.edges == [1, 7])
        #expect(bins.counts == [9, 1, 1])
    }

    @Test func `an edge that occurs often stands once, and the least value is no edge`() throws {
        let (bins, _) = try bins(Array(repeating: 0, count: 50) + (1...50).map { Double($0) })
        #expect(bins.edges == [1, 11, 21, 31, 41])
        #expect(bins.counts == [50, 10, 10, 10, 10, 10])
    }

    @Test func `a constant has one bin, and nothing has none but its missing values`() throws {
        #expect(try bins([3, 3, 3]).0 == DriftReference.Bins(range: 3...3, edges: [], counts: [3]))
        let (none, missing) = try bins([.nan, .nan])
        #expect(none == DriftReference.Bins(range: nil, edges: [], counts: [0]))
        #expect(missing == 2)
    }

    @Test func `infinities lie in the outer bins and outside of the range`() throws {
        let (bins, _) = try bins([-.infinity, 1, 2, 3, .infinity])
        #expect(bins.edges == [1, 2, 3])
        #expect(bins.counts == [1, 1, 1, 2])
        #expect(bins.range == 1...3)
    }

    @Test func `categories are counted by value`() throws {
        let variable = try #require(DriftReferenceBuilder.categories(of: [2, 0, 2, .nan, .infinity], name: "c"))
        #expect(variable.classCounts == [1, 2, 1, 1])
        let many = (0...DriftLimits.categoryCount).map { Double($0) }
        #expect(DriftReferenceBuilder.categories(of: many, name: "c") == nil)
    }
}
