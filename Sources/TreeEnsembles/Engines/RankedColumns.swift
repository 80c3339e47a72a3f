/// The features that a forest evaluated by ranks compares, each with its different thresholds.
///
/// Features have one column each, wherever their missing values go.
struct RankedColumns {
    private(set) var features: [UInt32] = []
    private(set) var tableStarts: [UInt32] = []
    /// Compares that find a rank.
    private(set) var levelCounts: [UInt32] = []
    private(set) var tables: [Float] = []
    /// Of the feature that has most.
    private(set) var mostThresholds = 0

    /// A question as the trees ask it; without a threshold only missing values answer with yes.
    struct Question: Hashable {
        var feature: UInt32
        var thresholdBits: UInt32?
        var missingGoesRight: Bool

        /// Brings a condition to this form; nil is answered with no by every value.
        init?(_ condition: EngineColumns.Condition?, _ columns: EngineColumns) {
            guard let condition, !condition.threshold.isNaN else { return nil }
            let column = Int(condition.column)
            feature = columns.features[column]
            thresholdBits = column < columns.missingHighEnd ? condition.thresholdBits : nil
            missingGoesRight = column >= columns.keptEnd
        }
    }

    /// A column and the number of a threshold in it.
    struct Place {
        var column: UInt8 = 0
        /// The highest number stands for a threshold that nothing reaches.
        var threshold: UInt16 = .max
    }

    private struct Threshold: Hashable {
        var feature: UInt32
        var bits: UInt32
    }

    private var numbers: [Threshold: UInt16] = [:]
    private var columnOfFeature: [UInt32: UInt8] = [:]

    /// Collects what the questions of a forest compare.
    ///
    /// - Throws: what exceeds `EngineLimits`.
    init(of ensemble: TreeEnsemble, columns: EngineColumns) throws(EngineRefusal) {
        var thresholds: [UInt32: Set<UInt32>] = [:]
        ensemble.forEachQuestion { feature, threshold, missingGoesLeft in
            let condition = columns.condition(
                feature: feature, threshold: threshold, missingGoesLeft: missingGoesLeft)
            guard let question = Question(condition, columns) else { return }
            thresholds[question.feature, default: []].formUnion(question.thresholdBits.map { [$0] } ?? [])
        }
        try RankedRowLayout.check("features", thresholds.count, EngineLimits.rankedFeatureCount)
        mostThresholds = thresholds.values.map(\.count).max() ?? 0
        try RankedRowLayout.check(
            "thresholds of a feature", mostThresholds, EngineLimits.rankedWideThresholdCount)
        for (column, feature) in thresholds.keys.sorted().enumerated() {
            let sorted = (thresholds[feature] ?? []).map { Float(bitPattern: $0) }.sorted()
            for (number, threshold) in sorted.enumerated() {
                numbers[Threshold(feature: feature, bits: threshold.bitPattern)] = UInt16(number)
            }
            columnOfFeature[feature] = UInt8(column)
            features.append(feature)
            addTable(sorted)
        }
    }

    /// The column whose missing values answer a question.
    func column(of question: Question) -> Int { Int(columnOfFeature[question.feature] ?? 0) }

    /// Where a question looks.
    func place(of question: Question?) -> Place {
        guard let question else { return Place() }
        let number = question.thresholdBits.flatMap { numbers[Threshold(feature: question.feature, bits: $0)] }
        return Place(column: columnOfFeature[question.feature] ?? 0, threshold: number ?? .max)
    }

    /// Writes a table of thresholds: levels of pivots, then the thresholds.
    private mutating func addTable(_ thresholds: [Float]) {
        tableStarts.append(UInt32(tables.count))
        // The last sixteen has a NaN at its end, so that a value above all thresholds finds it.
        let count = (thresholds.count / 16 + 1) * 16
        var levels = [thresholds + Array(repeating: .nan, count: count - thresholds.count)]
        while levels.count < 2 || levels[0].count > 16 {
            let pivots = stride(from: 15, to: levels[0].count, by: 16).map { levels[0][$0] }
            let filled = (pivots.count + 15) / 16 * 16
            levels.insert(pivots + Array(repeating: .nan, count: filled - pivots.count), at: 0)
        }
        var size = 16
        for level in levels.dropLast() {
            tables += level + Array(repeating: .nan, count: size - level.count)
            size *= 16
        }
        tables += levels[levels.count - 1]
        levelCounts.append(UInt32(levels.count))
    }
}
