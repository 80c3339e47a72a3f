import TestSupport
import Testing

@testable import TreeEnsembles

/// Goal: the engines' only question, `value ≥ threshold`, answers as the trainers' questions do.
@Suite struct EngineColumnsTests {
    private static let values: [Float] = [
        -.infinity, -.greatestFiniteMagnitude, -1, -.leastNormalMagnitude, -.leastNonzeroMagnitude, -0.0, 0,
        .leastNonzeroMagnitude, .leastNormalMagnitude, 0.1, 1, .greatestFiniteMagnitude, .infinity,
    ]

    @Test func `every awkward value goes where the trainer's comparison sends it`() {
        let thresholds = Self.values.map(Double.init) + [0.1, -0.1, 1e-60, -1e-60, 1e300, -1e300, 3.5e38, -3.5e38]
        for threshold in thresholds {
            expectSameDirections(threshold, Self.values)
        }
    }

    @Test func `random values go where the trainer's comparison sends them`() {
        var generator = SeededGenerator.forTest()
        for _ in 0..<2000 {
            let value = generator.anyFloat()
            let double = generator.anyDouble()
            guard !value.isNaN else { continue }
            let neighbours = [value, value.nextUp, value.nextDown]
            expectSameDirections(Double(value), neighbours)
            expectSameDirections(Double(value).nextUp, neighbours)
            expectSameDirections(Double(value).nextDown, neighbours)
            if !double.isNaN { expectSameDirections(double, [value, Float(double)]) }
        }
    }

    private func expectSameDirections(_ threshold: Double, _ values: [Float]) {
        let less = EngineColumns.lowestGoingRight(threshold: threshold, comparison: .lessGoesLeft)
        let lessOrEqual = EngineColumns.lowestGoingRight(threshold: threshold, comparison: .lessOrEqualGoesLeft)
        for value in values {
            #expect((less.map { value >= $0 } ?? false) == !(Double(value) < threshold), "\(value) < \(threshold)")
            #expect(
                (lessOrEqual.map { value >= $0 } ?? false) == !(Double(value) <= threshold),
                "\(value) <= \(threshold)")
        }
    }
}
