import TestSupport
import Testing

@testable import TrafficSplitting

struct DifferenceHistogramTests {
    @Test func `of no differences nothing is known`() {
        let histogram = DifferenceHistogram()
        #expect(histogram.quantile(0.5) == nil && histogram.count == 0 && histogram.greatest == 0)
    }

    @Test func `what is none counts as none, and what is beyond all bounds as infinite`() {
        var histogram = DifferenceHistogram()
        for difference in [0, 1e-12, 0, .nan] { histogram.record(difference) }
        #expect(histogram.quantile(0.75) == 0 && histogram.quantile(1) == .infinity)
        #expect(histogram.greatest == .infinity && histogram.count == 4)
        histogram.record(1e9)
        #expect(histogram.quantile(0.8) == .infinity)
    }

    @Test(arguments: [1e-9, 1.5e-6, 0.01, 0.1, 0.999, 1, 900])
    func `one difference is known up to 6 percent, and never above itself`(_ difference: Double) {
        var histogram = DifferenceHistogram()
        histogram.record(difference)
        let quantile = histogram.quantile(0.5) ?? 0
        #expect(quantile == difference)
        histogram.record(difference * 10)
        let half = histogram.quantile(0.5) ?? 0
        #expect(half >= difference && half <= difference * 1.0601)
    }

    @Test func `quantiles are those of the sorted differences, up to 6 percent above`() {
        var generator = SeededGenerator.forTest()
        var histogram = DifferenceHistogram()
        var differences: [Double] = []
        for _ in 0..<5_000 {
            let difference = Double.random(in: 0...1, using: &generator)
            differences.append(difference * difference * difference)
            histogram.record(differences[differences.count - 1])
        }
        differences.sort()
        for part in [0.1, 0.5, 0.9, 0.99, 0.999, 1] {
            let exact = differences[max(0, Int((Double(differences.count) * part).rounded(.up)) - 1)]
            let quantile = histogram.quantile(part) ?? -1
            #expect(quantile >= exact && quantile <= exact * 1.0601 + 1e-9, "\(part)")
        }
    }
}
