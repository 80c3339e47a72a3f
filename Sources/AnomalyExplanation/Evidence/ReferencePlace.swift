package import ModelMonitoring

/// Where a value lies among those of the rows that a model was trained with.
package struct ReferencePlace: Equatable, Sendable {
    /// A side on which a value is beyond everything that training has seen.
    package enum Side: String, Sendable {
        case below, above
    }

    /// The part of the rows whose value is less, 0…1.
    package var share: Double
    /// The values that 5 %, half, and 95 % of the rows are below.
    package var low: Double
    package var median: Double
    package var high: Double
    /// Nil for a value that lies between the least and the greatest.
    package var outside: Side?
    /// Rows that it is compared with.
    package var rowCount: UInt64

    /// A place that was found before.
    package init(share: Double, low: Double, median: Double, high: Double, outside: Side?, rowCount: UInt64) {
        self.share = share
        self.low = low
        self.median = median
        self.high = high
        self.outside = outside
        self.rowCount = rowCount
    }

    /// Finds the place of a value.
    ///
    /// - Complexity: linear in the bins.
    /// - Returns: nil where nothing can be said: the value or all of training's are missing, or are names rather than
    ///   numbers.
    package init?(of value: Double, in variable: DriftReference.Variable) {
        guard value.isFinite, case .bins(let bins) = variable.distribution, let range = bins.range else { return nil }
        let total = bins.counts.reduce(0, +)
        guard total > 0 else { return nil }
        let quantiles = BinQuantiles(bins, range: range, total: Double(total))
        share = quantiles.share(below: value)
        low = quantiles.value(at: 0.05)
        median = quantiles.value(at: 0.5)
        high = quantiles.value(at: 0.95)
        outside = value < range.lowerBound ? .below : value > range.upperBound ? .above : nil
        rowCount = total
    }

    /// How far in one of the tails the value is: the part of rows that are at least as extreme on its side, 0…0.5.
    package var tail: Double { outside == nil ? min(share, 1 - share) : 0 }

    /// Whether nine of ten rows lie on one side of it.
    package var isUnusual: Bool { tail < 0.1 }
}
