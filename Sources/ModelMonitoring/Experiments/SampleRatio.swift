/// Whether keys are shared out between variants as the weights say.
///
/// If they are not, something loses requests or answers of one variant, and no other figure of the experiment means
/// anything. Weights may change: each key counts with the weights that held when it came first.
package struct SampleRatio: Equatable, Sendable {
    package private(set) var keyCounts: [Double]
    package private(set) var expectedCounts: [Double]

    /// A p-value below which the shares are wrong: one false alarm in a thousand experiments.
    package static let alarm = 0.001

    /// No key yet.
    package init(variantCount: Int) {
        keyCounts = Array(repeating: 0, count: variantCount)
        expectedCounts = keyCounts
    }

    /// Counts a key that has come for the first time.
    ///
    /// - Parameter variant: the one that has served it.
    /// - Parameter weights: of all variants, when it came.
    package mutating func keyCame(variant: Int, weights: [Double]) {
        precondition(weights.count == keyCounts.count, "there is a weight for each variant")
        let total = weights.reduce(0, +)
        guard total > 0 else { return }
        keyCounts[variant] += 1
        for index in weights.indices { expectedCounts[index] += weights[index] / total }
    }

    /// The test of the shares; nil while there is nothing to compare.
    package var test: ChiSquareTest? { .goodness(observed: keyCounts, expected: expectedCounts) }

    /// Whether the shares are wrong.
    package var isMismatch: Bool { (test?.pValue ?? 1) < Self.alarm }
}
