package import TreeEnsembles

/// The rows that a forest is timed on, in the precision in which its trainer compares.
///
/// - Shape: rowCount × featureCount, row-major.
/// - Isolation: any thread; a value.
package struct ForestRows: Sendable {
    /// The values of all rows.
    package enum Values: Sendable {
        case float32([Float])
        case float64([Double])
    }

    package let values: Values
    package let rowCount: Int
    package let featureCount: Int

    /// Draws rows that take all ways through a forest: each value lies between two neighbouring thresholds of its
    /// feature, or beyond the first or last, with the same chance for every such gap.
    ///
    /// The same forest gets the same rows on every machine.
    ///
    /// - Parameter missingFraction: how many of the values are NaN, 0…1.
    package init(around ensemble: TreeEnsemble, rowCount: Int, missingFraction: Double) {
        var generator = SplitMix64(state: 37)
        let ranges = FeatureRange.all(of: ensemble)
        var drawn: [Double] = []
        drawn.reserveCapacity(rowCount * ranges.count)
        for _ in 0..<rowCount {
            for range in ranges {
                let isMissing = missingFraction > 0 && Double.random(in: 0..<1, using: &generator) < missingFraction
                drawn.append(isMissing ? .nan : range.value(using: &generator))
            }
        }
        self.rowCount = rowCount
        featureCount = ensemble.featureCount
        values = ensemble.inputPrecision == .float32 ? .float32(drawn.map { Float($0) }) : .float64(drawn)
    }

    /// Takes rows as they are.
    ///
    /// - Precondition: there is at least one row, and all are whole.
    package init(_ rows: [Float], of ensemble: TreeEnsemble) {
        featureCount = ensemble.featureCount
        rowCount = rows.count / max(featureCount, 1)
        precondition(rowCount > 0 && rows.count == rowCount * featureCount, "rows are featureCount values each")
        values = ensemble.inputPrecision == .float32 ? .float32(rows) : .float64(rows.map { Double($0) })
    }
}

/// Where the values of one feature are drawn from.
private struct FeatureRange {
    /// Finite, ascending, each once.
    private var thresholds: [Double] = []
    /// One more than the greatest category that a split names; 0 for a feature without such splits.
    private var categoryCount = 0

    static func all(of ensemble: TreeEnsemble) -> [FeatureRange] {
        var ranges = [FeatureRange](repeating: FeatureRange(), count: ensemble.featureCount)
        func add(feature: Int32, threshold: Double, set: Int32) {
            guard feature >= 0 else { return }
            if set >= 0 {
                let words = ensemble.categorySets[Int(set)].words
                ranges[Int(feature)].categoryCount = max(ranges[Int(feature)].categoryCount, words.count * 32)
            } else if threshold.isFinite {
                ranges[Int(feature)].thresholds.append(threshold)
            }
        }
        for node in 0..<ensemble.nodeCount {
            add(
                feature: ensemble.features[node], threshold: ensemble.values[node],
                set: ensemble.nodeSets.isEmpty ? -1 : ensemble.nodeSets[node])
        }
        for split in ensemble.splitFeatures.indices {
            add(
                feature: ensemble.splitFeatures[split], threshold: ensemble.splitThresholds[split],
                set: ensemble.splitSets.isEmpty ? -1 : ensemble.splitSets[split])
        }
        for feature in ranges.indices { ranges[feature].thresholds = Array(Set(ranges[feature].thresholds)).sorted() }
        return ranges
    }

    func value(using generator: inout SplitMix64) -> Double {
        if categoryCount > 0 { return Double(Int.random(in: 0...categoryCount, using: &generator)) }
        let share = Double.random(in: 0..<1, using: &generator)
        guard let first = thresholds.first, let last = thresholds.last else { return share }
        let count = thresholds.count
        // How far values lie beyond the outer thresholds: as far as neighbours are from each other.
        let spread = count > 1 ? last / Double(count) - first / Double(count) : max(abs(first), 1)
        let gap = Int.random(in: 0...count, using: &generator)
        let low = gap > 0 ? thresholds[gap - 1] : first - spread
        let high = gap < count ? thresholds[gap] : last + spread
        // CatBoost's least border is the least float32, and infinity lies beyond it.
        let limit = Double(Float.greatestFiniteMagnitude)
        return max(-limit, min(limit, low * (1 - share) + high * share))
    }
}

/// Random numbers that are the same on every machine and with every version of the standard library.
///
/// - Source: Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators" (2014).
private struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
