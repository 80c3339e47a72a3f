import CVectorPrimitives
import LinuxSystem

/// What the trees of a forest compare: each used feature, once per way of treating its missing values.
///
/// Engines know one question only, `value ≥ threshold`, to which a value that is not a number always answers no. The
/// trainers' questions become that one here, once for all engines: the comparison by moving the threshold to the next
/// float32, the direction of missing values by what stands for NaN in the column.
///
/// - Shape: columns stand in the order of `MissingValue`, within it by feature.
struct EngineColumns: Sendable {
    /// What becomes of NaN in a column.
    ///
    /// NaN that stays answers no and goes left.
    enum MissingValue: Int, Sendable, Comparable {
        case staysMissing
        /// NaN becomes +∞ and goes right.
        case goesRight
        /// NaN becomes +∞, everything else −∞: only a missing value goes right.
        case aloneGoesRight

        static func < (left: MissingValue, right: MissingValue) -> Bool { left.rawValue < right.rawValue }
    }

    /// One question to a column.
    struct Condition: Hashable, Sendable {
        var column: Int32
        /// Bit pattern of the threshold: NaN, for a question that nothing answers with yes, equals itself.
        var thresholdBits: UInt32

        var threshold: Float { Float(bitPattern: thresholdBits) }
    }

    private struct Column: Hashable, Comparable {
        var missing: MissingValue
        var feature: Int32

        static func < (left: Column, right: Column) -> Bool {
            (left.missing, left.feature) < (right.missing, right.feature)
        }
    }

    /// Feature of each column.
    private(set) var features: [UInt32] = []
    /// First column in which NaN is replaced.
    private(set) var keptEnd = 0
    /// First column that holds only whether a value is missing.
    private(set) var missingHighEnd = 0
    private var indices: [Column: Int32] = [:]
    private let comparison: TreeEnsemble.Comparison

    var count: Int { features.count }

    /// Collects the columns that the questions of a forest need.
    init(of ensemble: TreeEnsemble) {
        comparison = ensemble.comparison
        var used: Set<Column> = []
        ensemble.forEachQuestion { feature, threshold, missingGoesLeft in
            used.insert(column(feature: feature, threshold: threshold, missingGoesLeft: missingGoesLeft))
        }
        for column in used.sorted() {
            indices[column] = Int32(features.count)
            features.append(UInt32(column.feature))
            if column.missing < .goesRight { keptEnd = features.count }
            if column.missing < .aloneGoesRight { missingHighEnd = features.count }
        }
    }

    /// The engines' form of a trainer's question.
    ///
    /// - Precondition: the question is one of the forest's.
    func condition(feature: Int32, threshold: Double, missingGoesLeft: Bool) -> Condition {
        let column = column(feature: feature, threshold: threshold, missingGoesLeft: missingGoesLeft)
        guard let index = indices[column] else {
            preconditionFailure("a question of another forest")
        }
        let lowest = Self.lowestGoingRight(threshold: threshold, comparison: comparison)
        // A column that holds only whether a value is missing has +∞ where it is.
        let engineThreshold = lowest ?? (column.missing == .aloneGoesRight ? .infinity : .nan)
        return Condition(column: index, thresholdBits: engineThreshold.bitPattern)
    }

    /// The lowest float32 that goes right at a threshold, or nil if none does.
    static func lowestGoingRight(threshold: Double, comparison: TreeEnsemble.Comparison) -> Float? {
        let nearest = Float(threshold)
        switch comparison {
        case .lessGoesLeft:
            return Double(nearest) >= threshold ? nearest : nearest.nextUp
        case .lessOrEqualGoesLeft:
            if threshold == .infinity { return nil }
            return Double(nearest) > threshold ? nearest : nearest.nextUp
        }
    }

    private func column(feature: Int32, threshold: Double, missingGoesLeft: Bool) -> Column {
        if missingGoesLeft { return Column(missing: .staysMissing, feature: feature) }
        let isReachable = Self.lowestGoingRight(threshold: threshold, comparison: comparison) != nil
        return Column(missing: isReachable ? .goesRight : .aloneGoesRight, feature: feature)
    }
}

extension TreeEnsemble {
    /// Calls `body` with every question of every tree.
    func forEachQuestion(_ body: (_ feature: Int32, _ threshold: Double, _ missingGoesLeft: Bool) -> Void) {
        switch form {
        case .nodes:
            for node in 0..<nodeCount where features[node] >= 0 {
                body(features[node], values[node], missingGoesLeft[node])
            }
        case .oblivious:
            for split in splitFeatures.indices {
                body(splitFeatures[split], splitThresholds[split], splitMissingGoesLeft[split])
            }
        }
    }
}
