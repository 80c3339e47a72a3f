import ModelMonitoring

/// The sections `anomaly`.
extension RowanConfiguration {
    /// Reads what makes a row an anomaly.
    static func anomalyRules(of message: MessageValue) throws(TextFormatFault) -> [AnomalyCondition] {
        var rules: [AnomalyCondition] = []
        for rule in message.messages("anomaly") {
            if rules.count == ModelMonitoringLimits.anomalyRules {
                throw TextFormatFault(.meaningless("more than \(rules.count) sections anomaly"), at: rule.position)
            }
            rules.append(try condition(of: rule))
        }
        return rules
    }

    private static func condition(of rule: MessageValue) throws(TextFormatFault) -> AnomalyCondition {
        if !rule.has("threshold") && !rule.has("z_score") {
            throw TextFormatFault(.meaningless("the rule has neither threshold nor z_score"), at: rule.position)
        }
        if rule.has("threshold") && !rule.real("threshold").isFinite {
            throw fault("threshold", "the threshold is not finite", rule)
        }
        if rule.text("output").isEmpty {
            throw TextFormatFault(.meaningless("the rule names no output"), at: rule.position)
        }
        return AnomalyCondition(
            output: rule.text("output"), classIndex: Int(clamping: rule.unsigned("class_index")),
            threshold: rule.has("threshold") ? rule.real("threshold") : nil,
            zScore: try zScore(of: rule), combination: rule.enumeration("combine") == 0 ? .any : .all,
            position: rule.position)
    }

    private static func zScore(of rule: MessageValue) throws(TextFormatFault) -> AnomalyRule.ZScore? {
        guard let section = rule.message("z_score") else { return nil }
        guard section.real("threshold").isFinite, section.real("threshold") > 0 else {
            throw fault("threshold", "the threshold of z_score is not above 0", section)
        }
        var rows = AnomalyRule.usualWindowRows
        if section.has("window_rows") {
            rows = Int(clamping: section.unsigned("window_rows"))
            guard ModelMonitoringLimits.zScoreRows.contains(rows) else {
                let range = ModelMonitoringLimits.zScoreRows
                throw fault(
                    "window_rows", "window_rows is not within \(range.lowerBound) to \(range.upperBound)", section)
            }
        }
        return AnomalyRule.ZScore(threshold: section.real("threshold"), windowRows: rows)
    }
}
