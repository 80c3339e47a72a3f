import TestSupport
import Testing

@testable import ModelMonitoring

/// Simulated experiments whose users come again and again and differ in their rates, looked at after every request.
@Suite struct SequentialTestTests {
    private struct Simulation {
        var experimentCount: Int
        var userCount: Int
        var stepCount: Int
        /// What the second variant adds to every user's rate.
        var difference = 0.0

        /// The shares of experiments that were called different at any look: by the sequential test, and by a test for
        /// one look.
        func run(_ generator: inout SeededGenerator) -> (sequential: Double, naive: Double) {
            var found = 0
            var naive = 0
            for _ in 0..<experimentCount {
                let result = runOnce(&generator)
                if result.sequential { found += 1 }
                if result.naive { naive += 1 }
            }
            return (Double(found) / Double(experimentCount), Double(naive) / Double(experimentCount))
        }

        private func runOnce(_ generator: inout SeededGenerator) -> (sequential: Bool, naive: Bool) {
            var control = KeyedSums()
            var variant = KeyedSums()
            var test = SequentialTest()
            var isNaivelyFound = false
            // A third never, a third always, the others every other time: as different as users can be.
            let rates = (0..<userCount).map { _ in
                [0, 0.5, 1][Int.random(in: 0..<3, using: &generator)]
            }
            let isVariant = (0..<userCount).map { _ in Bool.random(using: &generator) }
            for _ in 0..<stepCount {
                // Some come much more often than others.
                let user = min(
                    Int.random(in: 0..<userCount, using: &generator), Int.random(in: 0..<userCount, using: &generator))
                let rate = rates[user] * (1 - difference) + (isVariant[user] ? difference : 0)
                let value = Double.random(in: 0..<1, using: &generator) < rate ? 1.0 : 0
                if isVariant[user] {
                    variant.add(1, sum: value, key: UInt64(user))
                } else {
                    control.add(1, sum: value, key: UInt64(user))
                }
                guard let first = RatioEstimate(control), let second = RatioEstimate(variant) else { continue }
                test.look(first, second)
                if test.isDecided { return (true, true) }
                let enough = SequentialTest.keyCountFloor
                if first.keyCount >= enough, second.keyCount >= enough,
                    (second.rate - first.rate) * (second.rate - first.rate)
                        > 3.8415 * (first.variance + second.variance)
                {
                    isNaivelyFound = true
                }
            }
            return (false, isNaivelyFound)
        }
    }

    @Test func `of 2,000 experiments without a difference at most 5 % are ever called different`() {
        var generator = SeededGenerator.forTest()
        let shares = Simulation(experimentCount: 2_000, userCount: 400, stepCount: 1_500).run(&generator)
        #expect(shares.sequential <= 0.05, "\(shares)")
        // The looks are real: a test for one look calls many of the same experiments different.
        #expect(shares.naive > 0.1, "\(shares)")
    }

    @Test func `a difference is found`() {
        var generator = SeededGenerator.forTest()
        let shares = Simulation(experimentCount: 40, userCount: 2_000, stepCount: 4_000, difference: 0.3)
            .run(&generator)
        #expect(shares.sequential >= 0.9, "\(shares)")
    }

    @Test func `nothing is said before there are enough keys, nor where nothing varies`() {
        var test = SequentialTest()
        test.look(
            RatioEstimate(keyCount: 99, count: 1e6, sum: 0, rate: 0, variance: 1e-9),
            RatioEstimate(keyCount: 10_000, count: 1e6, sum: 1e6, rate: 1, variance: 1e-9))
        test.look(
            RatioEstimate(keyCount: 100, count: 100, sum: 0, rate: 0, variance: 0),
            RatioEstimate(keyCount: 100, count: 100, sum: 0, rate: 0, variance: 0))
        #expect(test == SequentialTest())
    }

    @Test func `the strongest look counts, and the interval is that of the last`() {
        let control = RatioEstimate(keyCount: 1_000, count: 1_000, sum: 300, rate: 0.3, variance: 1e-4)
        func variant(_ rate: Double) -> RatioEstimate {
            RatioEstimate(keyCount: 1_000, count: 1_000, sum: 1_000 * rate, rate: rate, variance: 1e-4)
        }
        var test = SequentialTest()
        test.look(control, variant(0.4))
        let strong = test.pValue
        #expect(test.isDecided)
        test.look(control, variant(0.3))
        #expect(test.pValue == strong)
        #expect(test.interval?.contains(0) == true)
        #expect(test.difference == 0)
    }

    @Test func `the interval excludes 0 exactly where one look decides`() {
        let control = RatioEstimate(keyCount: 1_000, count: 1_000, sum: 300, rate: 0.3, variance: 1e-4)
        for step in 0..<100 {
            let rate = 0.3 + Double(step) / 1_000
            let variant = RatioEstimate(keyCount: 1_000, count: 1_000, sum: 1_000 * rate, rate: rate, variance: 1e-4)
            var test = SequentialTest()
            test.look(control, variant)
            #expect(test.interval.map { !$0.contains(0) } == test.isDecided)
        }
    }
}
