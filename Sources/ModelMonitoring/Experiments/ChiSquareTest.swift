/// A chi-square test with its p-value.
package struct ChiSquareTest: Equatable, Sendable {
    package let statistic: Double
    package let degrees: Int
    package let pValue: Double

    private init(_ statistic: Double, degrees: Int) {
        self.statistic = statistic
        self.degrees = degrees
        pValue = ChiSquareDistribution.upperTail(statistic, degrees: degrees)
    }

    /// Pearson's test that two variants have the same rate, without Yates' correction, observation by observation.
    ///
    /// It takes every request for independent of all others, which requests of one user are not; `byKey` corrects that.
    ///
    /// - Parameter successes: of each variant, with the number of observations.
    /// - Returns: nil where a row or a column of the table is empty.
    package static func pearson(
        _ first: (successes: Double, count: Double), _ second: (successes: Double, count: Double)
    ) -> ChiSquareTest? {
        let total = first.count + second.count
        let successes = first.successes + second.successes
        guard first.count > 0, second.count > 0, successes > 0, successes < total else { return nil }
        // ad − bc of the table (successes, failures) by variant.
        let determinant =
            first.successes * (second.count - second.successes) - (first.count - first.successes) * second.successes
        let statistic =
            total * determinant * determinant / (first.count * second.count * successes * (total - successes))
        return ChiSquareTest(statistic, degrees: 1)
    }

    /// The same question with keys as units: the squared difference of the rates in units of its variance.
    ///
    /// - Returns: nil where nothing varies.
    package static func byKey(_ first: RatioEstimate, _ second: RatioEstimate) -> ChiSquareTest? {
        let variance = first.variance + second.variance
        guard variance > 0 else { return nil }
        let difference = second.rate - first.rate
        return ChiSquareTest(difference * difference / variance, degrees: 1)
    }

    /// Whether counts are distributed as expected.
    ///
    /// - Parameter expected: as many as `observed`; those of 0 do not count.
    /// - Returns: nil with fewer than two positive expectations.
    package static func goodness(observed: [Double], expected: [Double]) -> ChiSquareTest? {
        precondition(observed.count == expected.count, "there is an expectation for each count")
        let terms = zip(observed, expected).filter { $0.1 > 0 }
        guard terms.count >= 2 else { return nil }
        let statistic = terms.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) / $1.1 }
        return ChiSquareTest(statistic, degrees: terms.count - 1)
    }
}
