extension TreeEnsemble {
    /// Whether engines cannot take rows as the trainer does.
    var needsTranslation: Bool {
        inputPrecision == .float64 || !categorySets.isEmpty || !zeroIsMissing.isEmpty
    }

    /// The same forest for engines, with the translation that its rows need, or nil if they need none.
    ///
    /// - Returns: a forest whose inputs are float32, whose splits are numerical, and to which only NaN is missing; it
    ///   has one feature for each column of the translation.
    func translated() -> (forest: TreeEnsemble, rows: RowTranslation)? {
        guard needsTranslation else { return nil }
        var draft = TranslationDraft(of: self)
        var forest = self
        switch form {
        case .nodes:
            for node in 0..<nodeCount where features[node] >= 0 {
                let question = draft.translated(questionOfNode: node, of: self)
                forest.features[node] = question.column
                forest.values[node] = question.threshold
                forest.missingGoesLeft[node] = question.missingGoesLeft
            }
        case .oblivious:
            for split in splitFeatures.indices {
                let question = draft.translated(questionOfSplit: split, of: self)
                forest.splitFeatures[split] = question.column
                forest.splitThresholds[split] = question.threshold
                forest.splitMissingGoesLeft[split] = question.missingGoesLeft
            }
        }
        forest.inputPrecision = .float32
        forest.comparison = .lessGoesLeft
        forest.zeroIsMissing = []
        forest.nodeSets = []
        forest.splitSets = []
        forest.categorySets = []
        forest.featureNames = []
        let translation = draft.finish(rule: categoryRule)
        forest.featureCount = translation.columns.count
        return (forest, translation)
    }
}

/// Collects the columns that the questions of a forest need.
private struct TranslationDraft {
    struct Question {
        var column: Int32
        var threshold: Double
        var missingGoesLeft: Bool
    }

    /// A feature's values, with or without those near zero.
    private struct Source: Hashable {
        var feature: Int32
        var zeroIsMissing: Bool
    }

    private struct Membership: Hashable {
        var feature: Int32
        var set: Int32
        var missingGoesLeft: Bool
    }

    private let featureCount: Int
    private let leavesFloatsAlone: Bool
    private var columns: [RowTranslation.Column] = []
    private var thresholds: [Double] = []
    /// The column in which a threshold of a source is asked for.
    private var columnOfThreshold: [Source: [Double: Int32]] = [:]
    private var membershipColumns: [Membership: Int32] = [:]
    private var missingColumns: [Int32: Int32] = [:]

    init(of ensemble: TreeEnsemble) {
        featureCount = ensemble.featureCount
        var asked: [Source: Set<Double>] = [:]
        ensemble.forEachNumericalSplit { feature, threshold, zeroIsMissing in
            guard let lowest = ensemble.lowestGoingRight(threshold: threshold) else { return }
            asked[Source(feature: feature, zeroIsMissing: zeroIsMissing), default: []].insert(lowest)
        }
        let parts = asked.mapValues { Self.parts(of: $0.sorted()) }
        leavesFloatsAlone =
            ensemble.categorySets.isEmpty && parts.allSatisfy { $0.value.count == 1 && !$0.key.zeroIsMissing }
        if leavesFloatsAlone {
            // Columns are the features, used or not, so that float32 rows need not be touched.
            for feature in 0..<Int32(ensemble.featureCount) {
                let source = Source(feature: feature, zeroIsMissing: false)
                add(parts[source] ?? [[]], of: source)
            }
        } else {
            for source in parts.keys.sorted(by: Self.stands) { add(parts[source] ?? [], of: source) }
        }
    }

    private static func stands(_ left: Source, before right: Source) -> Bool {
        (left.feature, left.zeroIsMissing ? 1 : 0) < (right.feature, right.zeroIsMissing ? 1 : 0)
    }

    /// Divides ascending thresholds so that no two of a part share a stand-in.
    private static func parts(of thresholds: [Double]) -> [[Double]] {
        var parts: [[Double]] = []
        var part = 0
        for (index, threshold) in thresholds.enumerated() {
            let standIn = RowTranslation.standIn(for: threshold)
            part = index > 0 && RowTranslation.standIn(for: thresholds[index - 1]) == standIn ? part + 1 : 0
            if part == parts.count { parts.append([]) }
            parts[part].append(threshold)
        }
        return parts
    }

    private mutating func add(_ parts: [[Double]], of source: Source) {
        for part in parts {
            for threshold in part { columnOfThreshold[source, default: [:]][threshold] = Int32(columns.count) }
            let range = thresholds.count..<thresholds.count + part.count
            thresholds += part
            columns.append(
                RowTranslation.Column(
                    feature: Int(source.feature),
                    content: source.zeroIsMissing ? .valueUnlessZero(thresholds: range) : .value(thresholds: range)))
        }
    }

    mutating func translated(questionOfNode node: Int, of ensemble: TreeEnsemble) -> Question {
        let set = ensemble.nodeSets.isEmpty ? -1 : ensemble.nodeSets[node]
        let missingGoesLeft = ensemble.missingGoesLeft[node]
        if set >= 0 { return membership(feature: ensemble.features[node], set, missingGoesLeft, of: ensemble) }
        return numerical(
            feature: ensemble.features[node], threshold: ensemble.values[node], missingGoesLeft: missingGoesLeft,
            zeroIsMissing: !ensemble.zeroIsMissing.isEmpty && ensemble.zeroIsMissing[node], of: ensemble)
    }

    mutating func translated(questionOfSplit split: Int, of ensemble: TreeEnsemble) -> Question {
        let set = ensemble.splitSets.isEmpty ? -1 : ensemble.splitSets[split]
        let missingGoesLeft = ensemble.splitMissingGoesLeft[split]
        if set >= 0 { return membership(feature: ensemble.splitFeatures[split], set, missingGoesLeft, of: ensemble) }
        return numerical(
            feature: ensemble.splitFeatures[split], threshold: ensemble.splitThresholds[split],
            missingGoesLeft: missingGoesLeft, zeroIsMissing: false, of: ensemble)
    }

    private mutating func membership(
        feature: Int32, _ set: Int32, _ missingGoesLeft: Bool, of ensemble: TreeEnsemble
    ) -> Question {
        let key = Membership(feature: feature, set: set, missingGoesLeft: missingGoesLeft)
        let column = membershipColumns[key] ?? Int32(columns.count)
        if column == columns.count {
            membershipColumns[key] = column
            columns.append(
                RowTranslation.Column(
                    feature: Int(feature),
                    content: .membership(set: ensemble.categorySets[Int(set)], missingGoesLeft: missingGoesLeft)))
        }
        return Question(column: column, threshold: 1, missingGoesLeft: true)
    }

    private mutating func numerical(
        feature: Int32, threshold: Double, missingGoesLeft: Bool, zeroIsMissing: Bool, of ensemble: TreeEnsemble
    ) -> Question {
        let source = Source(feature: feature, zeroIsMissing: zeroIsMissing)
        if let lowest = ensemble.lowestGoingRight(threshold: threshold) {
            guard let column = columnOfThreshold[source]?[lowest] else {
                preconditionFailure("the threshold was collected")
            }
            return Question(
                column: column, threshold: Double(RowTranslation.standIn(for: lowest)),
                missingGoesLeft: missingGoesLeft)
        }
        // Only a missing value can go right, and it does where it does not go left.
        return unreachable(feature: feature, missingGoesLeft: missingGoesLeft, zeroIsMissing: zeroIsMissing)
    }

    private mutating func unreachable(feature: Int32, missingGoesLeft: Bool, zeroIsMissing: Bool) -> Question {
        let column = missingColumns[feature] ?? Int32(columns.count)
        if column == columns.count {
            missingColumns[feature] = column
            columns.append(RowTranslation.Column(feature: Int(feature), content: .isMissing))
        }
        // Above 1 lies nothing.
        return Question(column: column, threshold: missingGoesLeft ? 2 : 1, missingGoesLeft: true)
    }

    func finish(rule: TreeEnsemble.CategoryRule) -> RowTranslation {
        RowTranslation(
            featureCount: featureCount, columns: columns,
            leavesFloatsAlone: leavesFloatsAlone && columns.count == featureCount, categoryRule: rule,
            thresholds: thresholds)
    }
}

extension TreeEnsemble {
    /// The lowest input that goes right at a threshold, in the precision of inputs, or nil if none does.
    fileprivate func lowestGoingRight(threshold: Double) -> Double? {
        guard inputPrecision == .float64 else {
            return EngineColumns.lowestGoingRight(threshold: threshold, comparison: comparison).map { Double($0) + 0 }
        }
        // Adding 0 makes one of the two zeros.
        switch comparison {
        case .lessGoesLeft: return threshold + 0
        case .lessOrEqualGoesLeft: return threshold == .infinity ? nil : threshold.nextUp + 0
        }
    }

    fileprivate func forEachNumericalSplit(
        _ body: (_ feature: Int32, _ threshold: Double, _ zeroIsMissing: Bool) -> Void
    ) {
        switch form {
        case .nodes:
            for node in 0..<nodeCount where features[node] >= 0 && (nodeSets.isEmpty || nodeSets[node] < 0) {
                body(features[node], values[node], !zeroIsMissing.isEmpty && zeroIsMissing[node])
            }
        case .oblivious:
            for split in splitFeatures.indices where splitSets.isEmpty || splitSets[split] < 0 {
                body(splitFeatures[split], splitThresholds[split], false)
            }
        }
    }
}
