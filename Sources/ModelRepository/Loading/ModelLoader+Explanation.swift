import ModelMonitoring
import OpenInferenceProtocol
import TreeEnsembles

/// How anomalous rows are explained.
extension ModelLoader {
    /// Makes ready what explains a model's rows.
    ///
    /// - Returns: nil if the configuration asks for no explanations.
    /// - Throws: if there is no rule that says what is to be explained.
    func explanationPlan(
        for rowan: RowanConfiguration, _ signature: ModelSignature, _ anomaly: AnomalyPlan?, _ model: ForestModel,
        of ensemble: TreeEnsemble, _ scanned: ScannedModel, notices: inout [LoadNotice]
    ) throws(LoadFault) -> ExplanationPlan? {
        guard let explanation = rowan.explanation else { return nil }
        guard let anomaly else {
            throw LoadFault.configuration(
                file: rowanPath(scanned),
                TextFormatFault(
                    .meaningless("explanation explains what a section anomaly calls one, and there is none"),
                    at: explanation.position))
        }
        if explanation.settings.durability == .disk {
            notices.append(
                LoadNotice(
                    path: rowanPath(scanned), position: explanation.position,
                    sentence: "durability: DISK is not acted on by this version: explanations are kept in memory"))
        }
        var explainer: RowExplainer?
        do throws(ContributionRefusal) {
            let evaluator: ContributionEvaluator
            if let made = model.contributions {
                evaluator = made
            } else {
                evaluator = try ContributionEvaluator(ensemble, instructionSet: instructionSet)
            }
            let rule = anomaly.rules[0]
            let isFirstOfTwo =
                evaluator.marginCount == 1 && rule.element == 0 && signature.elementsPerRow[rule.output] == 2
            let isScore = model.columns[rule.output].content == .score
            explainer = RowExplainer(
                evaluator, element: rule.element, isInverse: (model.isIsolation && isScore) || isFirstOfTwo,
                isWide: signature.input.isWide)
        } catch {
            notices.append(
                LoadNotice(
                    path: rowanPath(scanned), position: explanation.position,
                    sentence: "rows are explained by how rare their values are, without TreeSHAP: \(error.message)"))
        }
        return ExplanationPlan(
            explanation.settings, rule: Self.words(for: anomaly.rules, signature), explainer: explainer)
    }

    /// Rules as explanations name them.
    static func words(for rules: [AnomalyRule], _ signature: ModelSignature) -> String {
        let any = conditions(of: rules.filter { $0.combination == .any }, signature)
        let all = conditions(of: rules.filter { $0.combination == .all }, signature).joined(separator: " and ")
        return (any + (all.isEmpty ? [] : [all])).joined(separator: " or ")
    }

    private static func conditions(of rules: [AnomalyRule], _ signature: ModelSignature) -> [String] {
        rules.flatMap { rule in
            let output = signature.outputs[rule.output]
            let isSingle = signature.elementsPerRow[rule.output] == 1
            let name = isSingle ? output.name : "\(output.name)[\(rule.element)]"
            var conditions: [String] = []
            if let threshold = rule.threshold {
                let shown = output.datatype == .float32 ? "\(Float(threshold))" : "\(threshold)"
                conditions.append("\(name) > \(shown)")
            }
            if let zScore = rule.zScore {
                conditions.append("\(name) is \(zScore.threshold) deviations above its mean")
            }
            return conditions
        }
    }
}
