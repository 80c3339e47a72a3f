import Testing

@testable import ModelMonitoring

@Suite struct ChiSquareTestTests {
    @Test func `Pearson's test without correction is scipy's, and the z-test of statsmodels`() throws {
        for line in try ExperimentCases.lines("pearson") {
            let test = try #require(ChiSquareTest.pearson((line[0], line[1]), (line[2], line[3])))
            #expect(ExperimentCases.agree(test.statistic, line[4], within: 1e-10))
            #expect(ExperimentCases.agree(test.pValue, line[5], within: 1e-10))
        }
        for line in try ExperimentCases.lines("proportions_ztest") {
            let test = try #require(ChiSquareTest.pearson((line[0], line[1]), (line[2], line[3])))
            #expect(ExperimentCases.agree(test.pValue, line[4], within: 1e-9))
        }
    }

    @Test func `a table with an empty row or column has no test`() {
        #expect(ChiSquareTest.pearson((0, 10), (0, 20)) == nil)
        #expect(ChiSquareTest.pearson((10, 10), (20, 20)) == nil)
        #expect(ChiSquareTest.pearson((0, 0), (3, 20)) == nil)
    }

    @Test func `shares are tested as scipy tests them`() throws {
        for line in try ExperimentCases.lines("sample_ratio") {
            let count = Int(line[0])
            let observed = Array(line[1...count])
            let weights = Array(line[(count + 1)...(2 * count)])
            var ratio = SampleRatio(variantCount: count)
            for (variant, keys) in observed.enumerated() {
                for _ in 0..<Int(keys) { ratio.keyCame(variant: variant, weights: weights) }
            }
            let test = try #require(ratio.test)
            #expect(abs(test.statistic - line[2 * count + 1]) < 1e-6)
            #expect(abs(test.pValue - line[2 * count + 2]) < 1e-6)
            #expect(ratio.isMismatch == (line[2 * count + 2] < 0.001))
        }
    }
}
