import func Glibc.log

/// What tells two distributions apart.
///
/// - Units: parts of 1.
enum DriftStatistics {
    /// What stands for a class that no row is in: one in ten thousand, so that an empty bin counts without counting for
    /// everything.
    static let leastShare = 0.0001

    /// The population stability index: Σ (q − p) ln(q ÷ p) over all classes, each share at least `leastShare`.
    ///
    /// - Parameter reference: rows of each class; at least one row.
    /// - Parameter current: as many classes, at least one row.
    static func stabilityIndex(_ reference: [UInt64], _ current: [UInt64]) -> Double {
        precondition(reference.count == current.count, "both are over the same classes")
        let rows = (Double(reference.reduce(0, &+)), Double(current.reduce(0, &+)))
        var sum = 0.0
        for index in reference.indices {
            let p = max(Double(reference[index]) / rows.0, leastShare)
            let q = max(Double(current[index]) / rows.1, leastShare)
            sum += (q - p) * log(q / p)
        }
        return sum
    }

    /// The Kolmogorov-Smirnov distance over the edges of bins: the greatest difference of the parts below an edge.
    ///
    /// The distance of the values themselves is at most the mass of the largest bin greater.
    ///
    /// - Parameter reference: rows of each bin, without the missing values; at least one row.
    /// - Parameter current: as many bins, at least one row.
    static func kolmogorovDistance(_ reference: [UInt64], _ current: [UInt64]) -> Double {
        precondition(reference.count == current.count, "both are over the same bins")
        let rows = (Double(reference.reduce(0, &+)), Double(current.reduce(0, &+)))
        var below = (UInt64(0), UInt64(0))
        var greatest = 0.0
        for index in reference.indices {
            below = (below.0 &+ reference[index], below.1 &+ current[index])
            greatest = max(greatest, abs(Double(below.0) / rows.0 - Double(below.1) / rows.1))
        }
        return greatest
    }
}
