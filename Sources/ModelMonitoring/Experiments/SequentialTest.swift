import func Glibc.exp
import func Glibc.log
import func Glibc.log1p

/// A test of a difference of two rates that may be looked at at any time, as often as one likes.
///
/// A test for a sample size that was fixed before says "significant" far too often if it is looked at every minute.
/// This one weighs the observed difference under a normal mixture of possible differences against none at all; that
/// ratio is a martingale while there is no difference, so that it ever reaches 1 / α with a probability of at most α.
/// Of all looks the strongest counts.
///
/// - Source: the mixture sequential probability ratio test of R. Johari, P. Koomen, L. Pekelis, D. Walsh, "Always
///   Valid Inference: Continuous Monitoring of A/B Tests" (Operations Research 70, 2022), equation 8; the variance is
///   that of keys (``RatioEstimate``).
package struct SequentialTest: Equatable, Sendable {
    /// Of all looks the smallest p-value, always valid.
    package private(set) var pValue = 1.0
    /// The difference at the last look that counted, with the interval that holds at all times at once.
    package private(set) var difference: Double?
    package private(set) var interval: ClosedRange<Double>?

    /// Nothing seen yet.
    package init() {}

    /// The probability of an error that verdicts accept.
    package static let alpha = 0.05
    /// Keys of each variant before the first look counts: before, a variance is no more than a guess.
    package static let keyCountFloor = 100
    /// Observations of each variant for which the mixture is tuned; differences that show with about as many are found
    /// soonest, and none is lost.
    static let tunedCount = 500.0

    /// Looks once more.
    package mutating func look(_ first: RatioEstimate, _ second: RatioEstimate) {
        let variance = first.variance + second.variance
        guard first.keyCount >= Self.keyCountFloor, second.keyCount >= Self.keyCountFloor, variance > 0,
            let mixture = Self.mixtureVariance(first, second)
        else { return }
        let difference = second.rate - first.rate
        let ratio = mixture / variance
        let logarithm = (difference * difference / variance) * ratio / (1 + ratio) / 2 - log1p(ratio) / 2
        pValue = min(pValue, exp(-logarithm))
        self.difference = difference
        let width = (2 * variance * (1 + ratio) / ratio * (log(1 / Self.alpha) + log1p(ratio) / 2)).squareRoot()
        interval = (difference - width)...(difference + width)
    }

    /// The variance of the differences that are thought possible: what the difference of two samples of the tuned size
    /// would vary by.
    private static func mixtureVariance(_ first: RatioEstimate, _ second: RatioEstimate) -> Double? {
        let rate = (first.sum + second.sum) / (first.count + second.count)
        let variance = 2 * rate * (1 - rate) / tunedCount
        return variance > 0 ? variance : nil
    }

    /// Whether there is a difference, with an error of at most ``alpha`` over all looks.
    package var isDecided: Bool { pValue <= Self.alpha }
}
