import Testing

@testable import RequestTracing

/// Which of a row of requests are chosen.
@Suite struct TraceSamplerTests {
    private func chosen(_ sampler: TraceSampler, of count: Int) -> [Int] {
        var sampler = sampler
        return (1...count).filter { _ in sampler.requestArrived() }
    }

    /// As Triton counts: `++sample_ % rate_ == 0`.
    @Test(arguments: [
        (1, [1, 2, 3, 4, 5, 6, 7]), (2, [2, 4, 6]), (3, [3, 6]), (7, [7]), (8, []), (0, []),
    ]) func `every n-th request is chosen, the n-th first`(rate: Int, expected: [Int]) {
        #expect(chosen(TraceSampler(rate: rate), of: 7) == expected)
    }

    @Test(arguments: [
        (0.0, []), (1.0, [1, 2, 3, 4, 5, 6, 7, 8]), (0.5, [2, 4, 6, 8]), (0.25, [4, 8]), (0.75, [2, 3, 4, 6, 7, 8]),
    ]) func `a fraction is spread evenly`(fraction: Double, expected: [Int]) {
        #expect(chosen(TraceSampler(fraction: fraction), of: 8) == expected)
    }

    @Test func `a fraction is kept over many requests`() {
        for fraction in [0.001, 0.1, 1.0 / 3, 0.7, 0.999] {
            let count = chosen(TraceSampler(fraction: fraction), of: 100_000).count
            #expect(abs(Double(count) - fraction * 100_000) <= 1, "\(fraction)")
        }
    }

    @Test func `a setting says a rate or a fraction`() {
        var setting = TraceSetting()
        setting.rate = 2
        #expect(TraceSampler(setting) == TraceSampler(rate: 2))
        setting.fraction = 0.5
        #expect(TraceSampler(setting) == TraceSampler(fraction: 0.5))
    }
}
