import Testing

@testable import ModelMonitoring

@Suite struct ComparisonTests {
    private static func experiment(keys: Int, control: Int, variant: Int) -> Experiment {
        var experiment = Experiment(variantCount: 2)
        for key in 0..<keys {
            experiment.observe(
                variant: 0, key: UInt64(key), count: 10, sum: key % 10 < control ? 10 : 0, weights: [1, 1])
            experiment.observe(
                variant: 1, key: UInt64(keys + key), count: 10, sum: key % 10 < variant ? 10 : 0, weights: [1, 1])
        }
        experiment.look()
        return experiment
    }

    private static let cases: [(keys: Int, control: Int, variant: Int, Comparison.Verdict)] = [
        (90, 1, 9, .tooFewKeys),
        (100, 5, 5, .undecided),
        (500, 2, 5, .higher),
        (500, 5, 2, .lower),
    ]

    @Test func `verdicts follow from keys, not from requests`() throws {
        for (keys, control, variant, verdict) in Self.cases {
            let experiment = Self.experiment(keys: keys, control: control, variant: variant)
            let comparison = try #require(experiment.comparison(of: 1))
            #expect(comparison.verdict == verdict)
        }
        // Ten equal observations of each key are one: the textbook's test takes them for ten.
        let comparison = try #require(Self.experiment(keys: 100, control: 4, variant: 5).comparison(of: 1))
        let byKey = try #require(comparison.chiSquareByKey)
        let textbook = try #require(comparison.chiSquare)
        #expect(abs(textbook.statistic / byKey.statistic - 10) < 0.3)
        #expect(comparison.verdict == .undecided)
    }

    @Test func `a variant without keys is not compared`() {
        var experiment = Experiment(variantCount: 2)
        experiment.observe(variant: 0, key: 1, count: 1, sum: 0, weights: [1, 1])
        experiment.look()
        #expect(experiment.comparison(of: 1) == nil)
    }
}
