/// What the variants of one split have done, by sticky key, for one kind of value.
///
/// The first variant is the control.
///
/// - Isolation: one thread at a time.
package struct Experiment: Sendable {
    package private(set) var sums: [KeyedSums]
    package private(set) var sampleRatio: SampleRatio
    /// Of each variant behind the first, against the first.
    private var tests: [SequentialTest]

    /// No observation yet.
    ///
    /// - Parameter variantCount: at least one.
    package init(variantCount: Int, keyCountLimit: Int = ModelMonitoringLimits.keysPerVariant) {
        precondition(variantCount > 0, "an experiment has a control")
        sums = (0..<variantCount).map { _ in KeyedSums(keyCountLimit: keyCountLimit) }
        sampleRatio = SampleRatio(variantCount: variantCount)
        tests = Array(repeating: SequentialTest(), count: variantCount - 1)
    }

    /// Adds observations of a key.
    ///
    /// - Parameter value: the sum of the values of `count` observations, each from 0 to 1.
    /// - Parameter weights: of all variants, when the key came.
    package mutating func observe(variant: Int, key: UInt64, count: Int, sum value: Double, weights: [Double]) {
        if sums[variant].add(count, sum: value, key: key) { sampleRatio.keyCame(variant: variant, weights: weights) }
    }

    /// Looks at every comparison once more, as somebody does who may stop the experiment at any time.
    package mutating func look() {
        guard let control = RatioEstimate(sums[0]) else { return }
        for index in tests.indices {
            guard let variant = RatioEstimate(sums[index + 1]) else { continue }
            tests[index].look(control, variant)
        }
    }

    /// The comparison of a variant with the control, as of the latest look; nil while one of them has fewer than two
    /// keys.
    ///
    /// - Parameter variant: at least 1.
    package func comparison(of variant: Int) -> Comparison? {
        guard let control = RatioEstimate(sums[0]), let estimate = RatioEstimate(sums[variant]) else { return nil }
        return Comparison(control: control, variant: estimate, sequential: tests[variant - 1])
    }
}
