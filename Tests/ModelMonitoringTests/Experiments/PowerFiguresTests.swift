import Testing

@testable import ModelMonitoring

@Suite struct PowerFiguresTests {
    @Test func `effect sizes are those of statsmodels`() throws {
        for line in try ExperimentCases.lines("effect_size") {
            #expect(ExperimentCases.agree(PowerFigures.effectSize(line[0], line[1]), line[2], within: 1e-9))
        }
    }

    @Test func `the keys that are needed and the difference that can be found are those of statsmodels`() throws {
        for line in try ExperimentCases.lines("power") {
            let (difference, deviation) = (line[0], line[1])
            // One observation for each key, so that keys are observations.
            func estimate(_ rate: Double, _ count: Int) -> RatioEstimate {
                RatioEstimate(
                    keyCount: count, count: Double(count), sum: rate * Double(count), rate: rate,
                    variance: deviation * deviation / Double(count))
            }
            let few = PowerFigures(estimate(0.3, 50), estimate(0.3 + difference, 50))
            let needed = try #require(few.furtherKeyCount) + 100
            #expect(abs(needed - 2 * line[2]) <= 2 + 1e-3 * needed)
            let thousand = PowerFigures(estimate(0.3, 1_000), estimate(0.3, 1_000))
            #expect(ExperimentCases.agree(thousand.detectableDifference, line[3], within: 1e-4))
            #expect(thousand.furtherKeyCount == nil)
        }
    }

    @Test func `an experiment that is large enough needs no further keys`() {
        let control = RatioEstimate(keyCount: 1_000, count: 1_000, sum: 100, rate: 0.1, variance: 1e-6)
        let variant = RatioEstimate(keyCount: 1_000, count: 1_000, sum: 200, rate: 0.2, variance: 1e-6)
        #expect(PowerFigures(control, variant).furtherKeyCount == 0)
    }
}
