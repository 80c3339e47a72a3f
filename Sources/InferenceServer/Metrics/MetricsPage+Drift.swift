import LinuxSystem
import ModelMonitoring

/// How the rows of models have changed since they were trained.
extension MetricsPage {
    func writeDrift(to page: inout ByteBuffer) {
        let features: [(StaticString, StaticString, (DriftReport.Variable) -> Double?)] = [
            ("feature_drift_psi", "Population stability index of a feature against its reference.", \.psi),
            ("feature_drift_ks", "Kolmogorov-Smirnov distance of a feature over its bins.", \.kolmogorovDistance),
            ("feature_missing_rate", "Part of the rows in which a feature is missing.", \.missingRate),
            (
                "feature_out_of_range_rate", "Part of the rows in which a feature is outside of its reference.",
                \.outOfRangeRate
            ),
        ]
        for (name, help, value) in features {
            page.appendFamily(name, "gauge", help)
            forEach(\.features) { model, variable in
                sample(name, model, "\",feature=\"\(Self.escaped(variable.name))\"", value(variable), to: &page)
            }
        }
        let name: StaticString = "prediction_drift_psi"
        page.appendFamily(name, "gauge", "Population stability index of an output's element against its reference.")
        forEach(\.outputs) { model, variable in
            let labels = "\",output=\"\(Self.escaped(variable.name))\",element=\"\(variable.element)\""
            sample(name, model, labels, variable.psi, to: &page)
        }
        page.appendFamily(
            "anomaly_rate_change", "gauge", "Part of anomalous rows against that of the reference, less 1.")
        for (model, report) in drift {
            sample("anomaly_rate_change", model, "\"", report.anomalies.change, to: &page)
        }
        page.appendFamily("drift_window_rows", "gauge", "Rows that a model's drift is judged by.")
        for (model, report) in drift { sample("drift_window_rows", model, "\"", Double(report.rowCount), to: &page) }
    }

    private func forEach(
        _ variables: KeyPath<DriftReport, [DriftReport.Variable]>, _ body: (String, DriftReport.Variable) -> Void
    ) {
        for (model, report) in drift {
            for variable in report[keyPath: variables] { body(model, variable) }
        }
    }

    /// Appends a sample; without a value there is none.
    ///
    /// - Parameter labels: what follows the model's name, the end of its quotation marks included.
    private func sample(
        _ name: StaticString, _ model: String, _ labels: String, _ value: Double?, to page: inout ByteBuffer
    ) {
        guard let value else { return }
        page.append(name)
        page.append("{model=\"\(Self.escaped(model))\(labels)} \(value)\n")
    }
}
