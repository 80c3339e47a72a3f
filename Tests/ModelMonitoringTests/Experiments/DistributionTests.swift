import Testing

@testable import ModelMonitoring

@Suite struct DistributionTests {
    @Test func `upper tails of the normal distribution are scipy's`() throws {
        let lines = try ExperimentCases.lines("normal_upper_tail")
        #expect(lines.count == 12)
        for line in lines {
            let value = NormalDistribution.upperTail(line[0])
            #expect(ExperimentCases.agree(value, line[1], within: 1e-12), "\(line[0]): \(value)")
        }
    }

    @Test func `quantiles of the normal distribution are scipy's`() throws {
        for line in try ExperimentCases.lines("normal_quantile") {
            let value = NormalDistribution.quantile(line[0])
            #expect(abs(value - line[1]) <= 1e-14 * max(1, abs(line[1])), "\(line[0]): \(value)")
        }
    }

    @Test func `upper tails of the chi-square distribution are scipy's`() throws {
        let lines = try ExperimentCases.lines("chi_square_upper_tail")
        #expect(lines.count == 56)
        for line in lines {
            let value = ChiSquareDistribution.upperTail(line[0], degrees: Int(line[1]))
            #expect(ExperimentCases.agree(value, line[2], within: 1e-12), "\(line): \(value)")
        }
    }
}
