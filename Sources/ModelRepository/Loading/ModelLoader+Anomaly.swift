import ModelMonitoring
import OpenInferenceProtocol

/// Which rows of a model are anomalous.
extension ModelLoader {
    /// Finds the outputs that rules are about.
    ///
    /// - Returns: nil if there are no rules.
    /// - Throws: if a rule is about something that the model does not have.
    func anomalyPlan(
        for rowan: RowanConfiguration, _ signature: ModelSignature, _ scanned: ScannedModel
    ) throws(LoadFault) -> AnomalyPlan? {
        var rules: [AnomalyRule] = []
        for rule in rowan.anomalyRules {
            func fault(_ sentence: String) -> LoadFault {
                .configuration(
                    file: rowanPath(scanned), TextFormatFault(.meaningless(sentence), at: rule.position))
            }
            guard let output = signature.outputs.firstIndex(where: { $0.name == rule.output }) else {
                throw fault("the rule's output '\(rule.output)' is none of the model's")
            }
            let datatype = signature.outputs[output].datatype
            guard datatype == .float32 || datatype == .float64 else {
                throw fault("the rule's output '\(rule.output)' holds no real numbers")
            }
            guard signature.costlyOutputs & 1 << UInt64(output) == 0 else {
                throw fault("the rule's output '\(rule.output)' is not computed for every request")
            }
            guard rule.classIndex < signature.elementsPerRow[output] else {
                throw fault(
                    "class_index \(rule.classIndex) is outside the output '\(rule.output)', which has "
                        + "\(signature.elementsPerRow[output]) for each row")
            }
            rules.append(
                AnomalyRule(
                    output: output, element: rule.classIndex, threshold: rule.threshold, zScore: rule.zScore,
                    combination: rule.combination, isFloat32: datatype == .float32))
        }
        return rules.isEmpty ? nil : AnomalyPlan(rules)
    }
}
