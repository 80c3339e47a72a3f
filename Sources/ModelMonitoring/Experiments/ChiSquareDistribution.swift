import func Glibc.erfc
import func Glibc.exp

/// The chi-square distribution.
package enum ChiSquareDistribution {
    /// The probability of a value above `x`.
    ///
    /// - Parameter degrees: of freedom, at least one.
    /// - Source: for whole degrees of freedom the regularised gamma function Q(degrees / 2, x / 2) is a finite sum:
    ///   Abramowitz and Stegun 26.4.4 and 26.4.5.
    package static func upperTail(_ x: Double, degrees: Int) -> Double {
        precondition(degrees > 0, "there is at least one degree of freedom")
        guard x > 0 else { return 1 }
        let half = x / 2
        // Each term follows from the one before by x/2 and the next half or whole number.
        var sum = 0.0
        var number = degrees % 2 == 0 ? 1.0 : 1.5
        var term = degrees % 2 == 0 ? exp(-half) : 2 * exp(-half) * (half / Double.pi).squareRoot()
        for _ in 0..<degrees / 2 {
            sum += term
            term *= half / number
            number += 1
        }
        return min(1, degrees % 2 == 0 ? sum : erfc(half.squareRoot()) + sum)
    }
}
