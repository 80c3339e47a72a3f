package import ModelMonitoring
package import OpenInferenceProtocol

/// Which rows of a model are anomalous: the sections `anomaly`, by the model's outputs.
///
/// A row fires if one condition of a rule with `ANY` holds, or if all of those with `ALL` do. Z-scores remember rows
/// and belong to whoever sees them in their order; here they never hold.
///
/// - Isolation: a value; any thread.
package struct AnomalyPlan: Equatable, Sendable {
    package let rules: [AnomalyRule]
    /// Bits of the outputs that are computed for every request, whatever it asks for.
    package let wanted: UInt64
    /// The places of rules with a threshold that is enough alone.
    private let sufficient: [Int]
    /// The places of rules whose thresholds have to hold together; empty if they never do.
    private let joint: [Int]

    /// Takes rules that suit the model.
    ///
    /// - Precondition: there is at least one.
    package init(_ rules: [AnomalyRule]) {
        precondition(!rules.isEmpty, "a plan has rules")
        self.rules = rules
        wanted = rules.reduce(0) { $0 | 1 << UInt64($1.output) }
        sufficient = rules.indices.filter { rules[$0].combination == .any && rules[$0].threshold != nil }
        let all = rules.indices.filter { rules[$0].combination == .all }
        joint = all.contains { rules[$0].zScore != nil } ? [] : all
    }

    /// Whether a row is anomalous.
    ///
    /// - Complexity: a comparison for each rule; no allocation.
    /// - Parameter outputs: of the model; those that the plan wants hold the row.
    package func fires(_ outputs: [OutputColumn], row: Int) -> Bool {
        for index in sufficient where holds(index, outputs, row) { return true }
        guard !joint.isEmpty else { return false }
        for index in joint where !holds(index, outputs, row) { return false }
        return true
    }

    /// Counts the anomalous ones of some rows.
    ///
    /// - Complexity: a comparison per row and rule; no allocation.
    package func firingRowCount(_ outputs: [OutputColumn], rows: Range<Int>) -> Int {
        if joint.isEmpty, sufficient.count == 1, let threshold = rules[sufficient[0]].threshold {
            let rule = rules[sufficient[0]]
            return outputs[rule.output].count(rows: rows, element: rule.element, above: threshold)
        }
        var count = 0
        for row in rows where fires(outputs, row: row) { count += 1 }
        return count
    }

    /// Whether a rule's threshold is exceeded, which what is not a number never does.
    private func holds(_ index: Int, _ outputs: [OutputColumn], _ row: Int) -> Bool {
        let rule = rules[index]
        let column = outputs[rule.output]
        guard let threshold = rule.threshold else { return false }
        return column.real(at: row * column.elementsPerRow + rule.element) > threshold
    }
}
