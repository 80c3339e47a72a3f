import ModelMonitoring
import Testing

@testable import AnomalyExplanation

@Suite struct ReferencePlaceTests {
    /// 0 to 10 with 100 rows in each of ten bins.
    private func variable(_ distribution: DriftReference.Distribution? = nil) -> DriftReference.Variable {
        let bins = DriftReference.Bins(
            range: 0...10, edges: (1..<10).map { Double($0) }, counts: Array(repeating: 100, count: 10))
        return DriftReference.Variable(name: "x", missingCount: 0, distribution: distribution ?? .bins(bins))
    }

    @Test(arguments: [(0.0, 0.0), (2.5, 0.25), (5, 0.5), (9.99, 0.999), (10, 1)])
    func `the part of the rows below a value is found within its bin`(value: Double, share: Double) throws {
        let place = try #require(ReferencePlace(of: value, in: variable()))
        #expect(abs(place.share - share) < 1e-12)
        #expect(place.outside == nil)
        #expect(place.low == 0.5)
        #expect(place.median == 5)
        #expect(place.high == 9.5)
        #expect(place.rowCount == 1_000)
    }

    @Test func `a value beyond training is outside, and as rare as can be`() throws {
        let above = try #require(ReferencePlace(of: 11, in: variable()))
        #expect(above.outside == .above)
        #expect(above.tail == 0)
        let below = try #require(ReferencePlace(of: -1, in: variable()))
        #expect(below.outside == .below)
        #expect(below.share == 0)
    }

    @Test func `nine of ten rows make a value unusual`() throws {
        #expect(try #require(ReferencePlace(of: 9.5, in: variable())).isUnusual)
        #expect(try #require(ReferencePlace(of: 0.5, in: variable())).isUnusual)
        #expect(try !#require(ReferencePlace(of: 8.5, in: variable())).isUnusual)
    }

    @Test func `missing values and names have no place`() {
        #expect(ReferencePlace(of: .nan, in: variable()) == nil)
        let categories = DriftReference.Categories(values: [1], counts: [3], otherCount: 0)
        #expect(ReferencePlace(of: 1, in: variable(.categories(categories))) == nil)
        #expect(ReferencePlace(of: 1, in: variable(.bins(.init(range: nil, edges: [], counts: [0])))) == nil)
        #expect(ReferencePlace(of: 1, in: variable(.bins(.init(range: 0...1, edges: [], counts: [0])))) == nil)
    }

    @Test func `bins of no width are passed`() throws {
        let bins = DriftReference.Bins(range: 0...0, edges: [0, 0], counts: [5, 0, 5])
        let place = try #require(ReferencePlace(of: 0, in: variable(.bins(bins))))
        #expect(place.share == 0)
        #expect(place.median == 0)
        #expect(ReferencePlace(of: 1, in: variable(.bins(bins)))?.share == 1)
    }
}
