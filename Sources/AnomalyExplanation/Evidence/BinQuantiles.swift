import ModelMonitoring

/// Shares and values of a distribution that is known by its bins; within a bin all values are taken to be equally
/// likely.
struct BinQuantiles {
    /// The bounds of the bins, one more than there are bins.
    private let bounds: [Double]
    private let counts: [UInt64]
    private let total: Double

    /// - Parameter total: rows of all bins, more than 0.
    init(_ bins: DriftReference.Bins, range: ClosedRange<Double>, total: Double) {
        // An edge beyond the range, which a file may hold, would make a bin of negative width.
        let edges = bins.edges.map { min(max($0, range.lowerBound), range.upperBound) }
        bounds = [range.lowerBound] + edges + [range.upperBound]
        counts = bins.counts
        self.total = total
    }

    /// The part of the rows below a value, 0…1.
    func share(below value: Double) -> Double {
        var rows = 0.0
        for index in counts.indices {
            let (low, high) = (bounds[index], bounds[index + 1])
            if value > high {
                rows += Double(counts[index])
            } else if value > low {
                rows += Double(counts[index]) * (value - low) / (high - low)
            }
        }
        return rows / total
    }

    /// The value below which a part of the rows lies.
    func value(at share: Double) -> Double {
        var rest = share * total
        for index in counts.indices where counts[index] > 0 {
            let count = Double(counts[index])
            if rest <= count { return bounds[index] + (bounds[index + 1] - bounds[index]) * rest / count }
            rest -= count
        }
        return bounds[bounds.count - 1]
    }
}
