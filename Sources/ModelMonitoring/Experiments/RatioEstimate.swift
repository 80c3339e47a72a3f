/// A rate, for example of anomalies, with the variance that follows from its keys.
///
/// - Source: the delta method for a ratio of means, as in A. Deng, U. Knoblich, J. Lu, "Applying the Delta Method in
///   Metric Analytics" (KDD 2018), equation 3: with X the sums and N the counts of k keys and R = ΣX / ΣN, the
///   variance of R is (s²(X) − 2 R s(X, N) + R² s²(N)) / (k N̄²).
package struct RatioEstimate: Equatable, Sendable {
    package let keyCount: Int
    /// Observations, and the sum of their values.
    package let count: Double
    package let sum: Double
    package let rate: Double
    /// Of the rate.
    package let variance: Double

    /// Estimates the rate of a variant; nil with fewer than two keys.
    package init?(_ sums: KeyedSums) {
        guard sums.keyCount >= 2, sums.count > 0 else { return nil }
        let keys = Double(sums.keyCount)
        let rate = sums.sum / sums.count
        // Σ (x − R n)², whose mean is 0 by the choice of R.
        let squares = sums.squaredSums - 2 * rate * sums.products + rate * rate * sums.squaredCounts
        let meanCount = sums.count / keys
        self.init(
            keyCount: sums.keyCount, count: sums.count, sum: sums.sum, rate: rate,
            variance: max(0, squares) / (keys - 1) / (keys * meanCount * meanCount))
    }

    /// An estimate of these figures.
    package init(keyCount: Int, count: Double, sum: Double, rate: Double, variance: Double) {
        self.keyCount = keyCount
        self.count = count
        self.sum = sum
        self.rate = rate
        self.variance = variance
    }
}
