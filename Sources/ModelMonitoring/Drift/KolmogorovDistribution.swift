import func Glibc.exp
import func Glibc.log
import func Glibc.pow

/// How probable a Kolmogorov distance is when nothing has changed.
///
/// - Source: R. Simard, P. L'Ecuyer, "Computing the Two-Sided Kolmogorov-Smirnov Distribution", 2011, whose choice
///   between the expansion of Pelz and Good and twice the one-sided distribution scipy follows. Its exact recursions
///   for less than 140 rows and for distances near 0 are left out: there the expansion is off by less than 0.0001.
enum KolmogorovDistribution {
    /// Rows up to which the one-sided distribution is summed, and terms that are.
    private static let summedRows = 100_000.0
    private static let summedTerms = 512

    /// The probability that two samples of one distribution are further apart than this, as scipy's
    /// `ks_2samp(method="asymp")` gives it.
    ///
    /// - Parameter distance: the greatest difference of the cumulative distributions, 0…1.
    /// - Parameter rowCounts: of both samples, above 0.
    static func tail(distance: Double, rowCounts: (Double, Double)) -> Double {
        let effective = (rowCounts.0 / (rowCounts.0 + rowCounts.1) * rowCounts.1).rounded(.toNearestOrEven)
        return tail(distance: distance, rowCount: max(effective, 1))
    }

    /// The same for a sample against a known distribution.
    static func tail(distance: Double, rowCount: Double) -> Double {
        if distance <= 0 || rowCount * distance <= 0.5 { return 1 }
        if distance >= 1 { return 0 }
        let squared = rowCount * distance * distance
        if squared >= 370 { return 0 }
        if squared >= 2.2 { return min(1, 2 * oneSidedTail(distance, rowCount)) }
        return min(max(1 - expansion(distance, rowCount), 0), 1)
    }

    /// The probability of a distance to one side.
    ///
    /// Of up to 512 terms every one is added. More are integrated by the trapezoidal rule, which for such a smooth hill
    /// is as good: at most 3 × 10⁻¹⁰ of the sum, from 300 to 100,000 rows.
    ///
    /// - Complexity: 513 terms.
    /// - Source: N. Smirnov's sum; beyond `summedRows`, U. Maag and G. Dicaire, "On Kolmogorov-Smirnov type one-sample
    ///   statistics", 1971, whose relative error falls with the rows.
    private static func oneSidedTail(_ distance: Double, _ rowCount: Double) -> Double {
        if rowCount > summedRows {
            let term = 6 * rowCount * distance + 1
            return exp(-term * term / (18 * rowCount))
        }
        let last = (rowCount * (1 - distance)).rounded(.down)
        let step = max(1, last / Double(summedTerms))
        let all = logarithmOfFactorial(rowCount)
        var sum = 0.0
        for place in 0...min(Int(last), summedTerms) {
            let index = min(Double(place) * step, last)
            let share = index / rowCount
            let (low, high) = (distance + share, 1 - distance - share)
            if high > 0 {
                let choose = all - logarithmOfFactorial(index) - logarithmOfFactorial(rowCount - index)
                sum += exp(choose + (index - 1) * log(low) + (rowCount - index) * log(high))
            }
        }
        return distance * sum * step
    }

    /// The logarithm of x!, also between whole numbers.
    ///
    /// - Source: Stirling's series, from 16 on to 10⁻¹⁴.
    private static func logarithmOfFactorial(_ x: Double) -> Double {
        var (y, product) = (x + 1, 1.0)
        while y < 16 {
            product *= y
            y += 1
        }
        let inverse = 1 / (y * y)
        let series = (1 / 12.0 - inverse * (1 / 360.0 - inverse * (1 / 1_260.0 - inverse / 1_680))) / y
        return (y - 0.5) * log(y) - y + 0.5 * log(2 * .pi) + series - log(product)
    }

    /// The probability of a smaller distance.
    ///
    /// - Source: W. Pelz, I. Good, "Approximating the lower tail-areas of the Kolmogorov-Smirnov one-sample statistic",
    ///   1976: K0(z) + K1(z) / √n + K2(z) / n + K3(z) / n√n with z = √n × distance.
    private static func expansion(_ distance: Double, _ rowCount: Double) -> Double {
        let z = rowCount.squareRoot() * distance
        let (z2, z4) = (z * z, z * z * z * z)
        let (z3, z6, z8) = (z2 * z, z4 * z2, z4 * z4)
        let exponent = -Double.pi * .pi / 8 / z2
        if exponent < -700 { return 0 }
        let (pi2, pi4) = (Double.pi * .pi, Double.pi * .pi * .pi * .pi)
        let pi6 = pi4 * pi2
        let second = (-z2, pi2 / 4)
        let third = (6 * z6 + 2 * z4, (2 * z4 - 5 * z2) * pi2 / 4, pi4 * (1 - 2 * z2) / 16)
        let fourth = (
            -30 * z6 - 90 * z8, pi2 * (135 * z4 - 96 * z6) / 4, pi4 * (-60 * z2 + 212 * z4) / 16,
            pi6 * (5 - 30 * z2) / 64
        )
        let q = exp(exponent)
        let last = Int((16 * z / .pi).rounded(.up))
        var k = SIMD4<Double>(repeating: 0)
        for index in stride(from: last, to: 0, by: -1) {
            let m = Double(2 * index - 1)
            let (m2, m4) = (m * m, m * m * m * m)
            let terms = SIMD4(
                1, second.0 + second.1 * m2, third.0 + third.1 * m2 + third.2 * m4,
                fourth.0 + fourth.1 * m2 + fourth.2 * m4 + fourth.3 * m4 * m2)
            k = k * pow(q, 8 * Double(index)) + terms
        }
        let root = (2 * Double.pi).squareRoot()
        k = k * q * root / SIMD4(z, 6 * z4, 72 * z4 * z3, 6_480 * z8 * z2)
        let inner = exp(-pi2 / 2 / z2)
        for index in 1...max(last, 1) {
            let (j2, weight) = (Double(index * index), pow(inner, Double(index * index)))
            k[2] += pi2 * root / (-36 * z3) * j2 * weight
            k[3] += pi2 * root / (216 * z6) * (3 * z2 - pi2 * j2) * j2 * weight
        }
        return k[0] + k[1] / rowCount.squareRoot() + k[2] / rowCount + k[3] / (rowCount * rowCount.squareRoot())
    }
}
