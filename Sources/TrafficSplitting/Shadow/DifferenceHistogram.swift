/// How large differences are: counted in buckets of equal ratios, from which quantiles follow.
///
/// - Units: those of what is compared; probabilities differ by 0 to 1.
package struct DifferenceHistogram: Equatable, Sendable {
    /// Buckets of a tenfold: the bounds of neighbours differ by a factor of 1.06.
    static let bucketsPerDecade = 40
    /// Smaller differences count as none.
    static let least = 1e-9
    /// Decades from there on; what is beyond is in a last bucket.
    static let decadeCount = 12

    /// First the differences that are none, last those beyond all bounds.
    private var counts = [UInt64](repeating: 0, count: 2 + bucketsPerDecade * decadeCount)
    /// Differences counted.
    package private(set) var count: UInt64 = 0
    /// The greatest difference; infinite where a number was compared with none.
    package private(set) var greatest = 0.0

    package init() {}

    /// Counts a difference.
    ///
    /// - Parameter difference: not negative, or NaN where a number was compared with none.
    package mutating func record(_ difference: Double) {
        let difference = difference.isNaN ? .infinity : difference
        count &+= 1
        greatest = max(greatest, difference)
        counts[Self.bucket(of: difference, last: counts.count - 1)] &+= 1
    }

    private static func bucket(of difference: Double, last: Int) -> Int {
        if difference < least { return 0 }
        // A search among the bounds, which are as they are written whatever a logarithm would round to.
        var (low, high) = (1, last)
        while low < high {
            let middle = (low + high) / 2
            if difference < upperBound(ofBucket: middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    private static let bounds: [Double] = (0...bucketsPerDecade * decadeCount).map { index in
        var bound = least
        for _ in 0..<index / bucketsPerDecade { bound *= 10 }
        // The 40th root of 10, to the power of what is left.
        for _ in 0..<index % bucketsPerDecade { bound *= 1.059_253_725_177_288_6 }
        return bound
    }

    private static func upperBound(ofBucket index: Int) -> Double {
        index == 0 ? 0 : index < bounds.count ? bounds[index] : .infinity
    }

    /// A quantile: at most 6 % above the true one, and never beyond the greatest difference.
    ///
    /// - Parameter part: 0 to 1.
    /// - Returns: nil if nothing was counted.
    package func quantile(_ part: Double) -> Double? {
        guard count > 0 else { return nil }
        let rank = max(1, (Double(count) * part).rounded(.up))
        var sum: UInt64 = 0
        for (index, number) in counts.enumerated() {
            sum &+= number
            if Double(sum) >= rank { return min(Self.upperBound(ofBucket: index), greatest) }
        }
        return greatest
    }
}
