import OpenInferenceProtocol
import TreeEnsembles

/// What is kept of a model's predictions.
extension ModelLoader {
    /// Finds the outputs that labels are compared with.
    ///
    /// - Returns: nil if the configuration asks for nothing of the kind.
    /// - Throws: if neither an output of the model nor a rule names a class.
    func monitoringPlan(
        for rowan: RowanConfiguration, _ columns: [ForestColumn], isIsolation: Bool, _ anomaly: AnomalyPlan?,
        _ scanned: ScannedModel
    ) throws(LoadFault) -> MonitoringPlan? {
        guard let monitoring = rowan.monitoring else { return nil }
        let probability = columns.firstIndex { $0.content == .probabilities && $0.elementCount == 2 }
        guard let label = columns.firstIndex(where: { $0.content == .integerLabel || $0.content == .classIndex })
        else {
            if let anomaly {
                return MonitoringPlan(
                    monitoring.settings, classes: .firing, label: nil, probability: probability, anomaly: anomaly)
            }
            throw LoadFault.configuration(
                file: rowanPath(scanned),
                TextFormatFault(
                    .meaningless(
                        "monitoring compares labels with the output 'label', which this model does not have, or with "
                            + "what a section anomaly calls one"),
                    at: monitoring.position))
        }
        let classes: MonitoringPlan.Classes =
            isIsolation
            ? .anomalies : columns[label].classNames.isEmpty ? .numbers : .texts(columns[label].classNames)
        return MonitoringPlan(
            monitoring.settings, classes: classes, label: label, probability: probability, anomaly: anomaly)
    }
}
