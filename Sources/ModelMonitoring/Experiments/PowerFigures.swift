import func Glibc.asin

/// How large differences must be to be found, and how many more keys finding them takes.
///
/// - Source: the two-sided z-test of two rates with the variance of keys; Cohen's h is 2 arcsin √p₂ − 2 arcsin √p₁.
package struct PowerFigures: Equatable, Sendable {
    /// Cohen's h: 0.2 is small, 0.5 medium, 0.8 large.
    package let effectSize: Double
    /// The second rate in units of the first; nil if that is 0.
    package let relativeChange: Double?
    /// The difference that is found with the keys so far in four of five experiments.
    package let detectableDifference: Double?
    /// How many more keys finding the observed difference takes; nil if there is none.
    ///
    /// Of both variants together, in their present shares; 0: there are enough.
    package let furtherKeyCount: Double?

    /// The probability of finding a difference that is there.
    package static let power = 0.8

    /// Figures of a comparison.
    package init(_ first: RatioEstimate, _ second: RatioEstimate) {
        effectSize = Self.effectSize(first.rate, second.rate)
        relativeChange = first.rate > 0 ? second.rate / first.rate - 1 : nil
        let variance = first.variance + second.variance
        let factor =
            NormalDistribution.quantile(1 - SequentialTest.alpha / 2) + NormalDistribution.quantile(Self.power)
        detectableDifference = variance > 0 ? factor * variance.squareRoot() : nil
        let difference = second.rate - first.rate
        let keys = Double(first.keyCount + second.keyCount)
        furtherKeyCount =
            variance > 0 && difference != 0
            ? max(0, (keys * factor * factor * variance / (difference * difference)).rounded(.up) - keys) : nil
    }

    /// Cohen's h of two rates.
    package static func effectSize(_ first: Double, _ second: Double) -> Double {
        2 * asin(min(1, max(0, second)).squareRoot()) - 2 * asin(min(1, max(0, first)).squareRoot())
    }
}
