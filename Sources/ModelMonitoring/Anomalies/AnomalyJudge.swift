/// Says which rows are anomalous, row by row, under all rules of a model.
///
/// One condition of a rule with `ANY` that holds is enough; those of rules with `ALL` have to hold together. So the
/// combination of a single rule says how its threshold and its z-score are joined.
///
/// - Isolation: a value; one thread at a time, because z-scores remember rows.
/// - Complexity: a comparison per row for the usual single threshold; no allocation.
package struct AnomalyJudge: Sendable {
    package let rules: [AnomalyRule]
    /// By rule; those without a z-score stay empty.
    private var moments: [RunningMoments]
    /// Whether there are rules with `ALL`.
    private let hasAll: Bool

    /// The only condition, if it is a threshold: whoever has the column compares it without asking row by row.
    package let onlyThreshold: Double?

    /// Makes a judge that has seen no row.
    ///
    /// - Precondition: there is a rule, and each has a condition.
    package init(_ rules: [AnomalyRule]) {
        precondition(!rules.isEmpty, "somebody who judges has rules")
        precondition(rules.allSatisfy { $0.threshold != nil || $0.zScore != nil }, "a rule has a condition")
        self.rules = rules
        moments = rules.map { RunningMoments(windowRows: $0.zScore?.windowRows ?? 1) }
        hasAll = rules.contains { $0.combination == .all }
        onlyThreshold = rules.count == 1 && rules[0].zScore == nil ? rules[0].threshold : nil
    }

    /// Judges the next row.
    ///
    /// - Parameter value: gives the value that a rule is about.
    package mutating func fires(_ value: (AnomalyRule) -> Double) -> Bool {
        var fires = false
        var holdsAll = hasAll
        for index in rules.indices {
            let rule = rules[index]
            let value = value(rule)
            if let threshold = rule.threshold { note(value > threshold, rule.combination, &fires, &holdsAll) }
            if let zScore = rule.zScore {
                let score = moments[index].score(of: value)
                note(score.map { $0 > zScore.threshold } ?? false, rule.combination, &fires, &holdsAll)
                moments[index].add(value)
            }
        }
        return fires || holdsAll
    }

    private func note(
        _ holds: Bool, _ combination: AnomalyRule.Combination, _ fires: inout Bool, _ holdsAll: inout Bool
    ) {
        switch combination {
        case .any: fires = fires || holds
        case .all: holdsAll = holdsAll && holds
        }
    }
}
