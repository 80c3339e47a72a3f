import Testing

@testable import ModelMonitoring

@Suite struct RatioEstimateTests {
    @Test func `rates, their variances and the test by key are those of the delta method with numpy`() throws {
        for line in try ExperimentCases.lines("delta_method") {
            let users = Int(line[0])
            let variants = line[1...users]
            let counts = line[(users + 1)...(2 * users)]
            let totals = line[(2 * users + 1)...(3 * users)]
            var experiment = Experiment(variantCount: 2)
            for (key, (variant, (count, total))) in zip(variants, zip(counts, totals)).enumerated() {
                // In pieces, as requests come.
                for index in 0..<Int(count) {
                    experiment.observe(
                        variant: Int(variant), key: UInt64(key), count: 1, sum: Double(index) < total ? 1 : 0,
                        weights: [1, 1])
                }
            }
            experiment.look()
            let comparison = try #require(experiment.comparison(of: 1))
            let expected = Array(line[(3 * users + 1)...])
            #expect(ExperimentCases.agree(comparison.control.rate, expected[0]))
            #expect(ExperimentCases.agree(comparison.control.variance, expected[1], within: 1e-10))
            #expect(ExperimentCases.agree(comparison.variant.rate, expected[2]))
            #expect(ExperimentCases.agree(comparison.variant.variance, expected[3], within: 1e-10))
            #expect(ExperimentCases.agree(comparison.chiSquareByKey?.statistic, expected[4], within: 1e-9))
            #expect(ExperimentCases.agree(comparison.chiSquareByKey?.pValue, expected[5], within: 1e-9))
        }
    }

    @Test func `keys beyond the limit are counted and not followed`() {
        var sums = KeyedSums(keyCountLimit: 2)
        let isNew = [sums.add(1, sum: 1, key: 1), sums.add(2, sum: 0, key: 2)]
        let isNeither = [sums.add(4, sum: 4, key: 3), sums.add(1, sum: 0, key: 1)]
        #expect(isNew == [true, true])
        #expect(isNeither == [false, false])
        #expect(sums.keyCount == 2)
        #expect(sums.count == 4)
        #expect(sums.unfollowedCount == 4)
    }

    @Test func `as many keys are followed as the limit says`() {
        var sums = KeyedSums()
        for key in 0...UInt64(ModelMonitoringLimits.keysPerVariant) { sums.add(1, sum: 0, key: key) }
        #expect(sums.keyCount == ModelMonitoringLimits.keysPerVariant)
        #expect(sums.unfollowedCount == 1)
    }

    @Test func `one key is no estimate`() {
        var sums = KeyedSums()
        sums.add(5, sum: 2, key: 9)
        #expect(RatioEstimate(sums) == nil)
    }
}
