import ModelMonitoring
import Testing

@testable import AnomalyExplanation

@Suite struct RowEvidenceTests {
    private let names = ["a", "b", "c", "d"]

    @Test func `features are ordered by what they add, and shares are of what raises`() {
        let evidence = RowEvidence(row: [1, 2, .nan, 4], names: names, contributions: [1, 3, -2, 0], reference: nil)
        #expect(evidence.method == .contributions)
        #expect(evidence.features.map(\.name) == ["b", "c", "a"])
        #expect(evidence.features.map(\.share) == [0.75, 0, 0.25])
        #expect(evidence.features[1].value == nil)
        #expect(evidence.leading(3).map(\.name) == ["b"])
    }

    @Test func `equal contributions are ordered by name`() {
        let evidence = RowEvidence(row: [1, 1, 1, 1], names: names, contributions: [1, 1, 1, 1], reference: nil)
        #expect(evidence.features.map(\.name) == names)
        #expect(evidence.leading(3).map(\.name) == ["a", "b", "c"])
    }

    @Test func `at most eight features are shown`() {
        let count = 12
        let evidence = RowEvidence(
            row: Array(repeating: 1, count: count), names: (0..<count).map { "f\($0)" },
            contributions: Array(repeating: 1, count: count), reference: nil)
        #expect(evidence.features.count == ExplanationLimits.shownFeatures)
        #expect(RowEvidence(features: evidence.features + evidence.features, method: .rarity).features.count == 8)
    }

    @Test func `without contributions the rarest values stand in front`() {
        let bins = DriftReference.Bins(range: 0...10, edges: [5], counts: [50, 50])
        let features = names.map { DriftReference.Variable(name: $0, missingCount: 0, distribution: .bins(bins)) }
        let reference = DriftReference(rowCount: 100, features: features)
        let evidence = RowEvidence(row: [5, 30, 9.9, -2], names: names, contributions: nil, reference: reference)
        #expect(evidence.method == .rarity)
        #expect(evidence.features.map(\.name) == ["b", "d", "c"])
        let usual = RowEvidence(row: [5, 5, 5, 5], names: names, contributions: nil, reference: reference)
        #expect(usual.method == .none)
        #expect(usual.leading(3).isEmpty)
    }

    @Test func `a row that nothing raises has no leading feature`() {
        let evidence = RowEvidence(row: [1], names: ["a"], contributions: [-1], reference: nil)
        #expect(evidence.method == .none)
        #expect(RowEvidence().features.isEmpty)
    }
}
