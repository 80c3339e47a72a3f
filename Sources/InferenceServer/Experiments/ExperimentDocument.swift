import LinuxSystem
import ModelMonitoring
import ModelRepository

/// Writes `GET /v2/experiments/S`.
struct ExperimentDocument {
    let monitor: SplitMonitor
    /// What the split's shadow has shown; nil without one.
    let shadow: ShadowThread.Figures?
    let rollout: Rollout?
    /// Where the rollout is kept, as people read it; nil for nowhere.
    let isKept: Bool

    private var names: [String] { monitor.split.variants.map(\.name) }

    /// Appends the experiment as one JSON object.
    func append(to buffer: inout ByteBuffer) {
        buffer.append("{\"name\":")
        buffer.appendText(monitor.split.name)
        buffer.append(",")
        SplitDescription(split: monitor.split, shadow: shadow).append(to: &buffer)
        buffer.append(",\"variants\":[")
        for index in names.indices { appendVariant(index, to: &buffer) }
        buffer.append("],\"sample_ratio\":")
        appendSampleRatio(to: &buffer)
        buffer.append(",\"metrics\":[")
        appendMetric("anomaly_rate", monitor.anomalies, to: &buffer)
        buffer.append(",")
        appendMetric("accuracy", monitor.hits, to: &buffer)
        buffer.append("],\"rollout\":")
        if let rollout { rollout.append(to: &buffer) } else { buffer.append("null") }
        buffer.append(",\"rollout_is_kept\":")
        buffer.append(isKept ? "true" : "false" as StaticString)
        appendHistory(to: &buffer)
        buffer.append("}")
    }

    private func appendVariant(_ index: Int, to buffer: inout ByteBuffer) {
        let variant = monitor.split.variants[index]
        let figures = monitor.variants[index]
        buffer.append(index == 0 ? "{\"name\":" : ",{\"name\":" as StaticString)
        buffer.appendText(variant.name)
        buffer.append(",\"model\":")
        buffer.appendText(variant.model)
        buffer.append(",\"version\":")
        buffer.appendNumber(variant.member.map { Double($0.version) })
        buffer.append(",\"share\":")
        buffer.appendNumber(monitor.shares[index])
        buffer.append(",\"keys\":")
        buffer.appendNumber(Double(monitor.anomalies.sums[index].keyCount))
        buffer.append(",\"rows\":")
        buffer.appendNumber(Double(figures.rowCount))
        buffer.append(",\"anomaly_rate\":")
        buffer.appendNumber(figures.rowCount > 0 ? Double(figures.firingRowCount) / Double(figures.rowCount) : nil)
        AccuracyDocument(figures.accuracy).append(to: &buffer)
        buffer.append("}")
    }

    private func appendSampleRatio(to buffer: inout ByteBuffer) {
        let ratio = monitor.anomalies.sampleRatio
        buffer.append("{\"keys\":[")
        append(ratio.keyCounts, to: &buffer)
        buffer.append("],\"expected_keys\":[")
        append(ratio.expectedCounts, to: &buffer)
        buffer.append("],\"p_value\":")
        buffer.appendNumber(ratio.test?.pValue)
        buffer.append(",\"is_mismatch\":")
        buffer.append(ratio.isMismatch ? "true" : "false" as StaticString)
        buffer.append("}")
    }

    private func append(_ numbers: [Double?], to buffer: inout ByteBuffer) {
        for (index, number) in numbers.enumerated() {
            if index > 0 { buffer.append(",") }
            buffer.appendNumber(number)
        }
    }

    private func appendMetric(_ name: String, _ experiment: Experiment, to buffer: inout ByteBuffer) {
        buffer.append("{\"name\":")
        buffer.appendText(name)
        buffer.append(",\"comparisons\":[")
        var isFirst = true
        for index in names.indices.dropFirst() {
            guard let comparison = experiment.comparison(of: index) else { continue }
            if !isFirst { buffer.append(",") }
            isFirst = false
            append(comparison, of: names[index], to: &buffer)
        }
        buffer.append("]}")
    }

    private func append(_ comparison: Comparison, of variant: String, to buffer: inout ByteBuffer) {
        buffer.append("{\"control\":")
        buffer.appendText(names[0])
        buffer.append(",\"variant\":")
        buffer.appendText(variant)
        buffer.append(",\"verdict\":")
        buffer.appendText(comparison.verdict.rawValue)
        let numbers: [(StaticString, Double?)] = [
            (",\"control_rate\":", comparison.control.rate), (",\"variant_rate\":", comparison.variant.rate),
            (",\"difference\":", comparison.variant.rate - comparison.control.rate),
            (",\"standard_error\":", (comparison.control.variance + comparison.variant.variance).squareRoot()),
            (",\"sequential_p_value\":", comparison.sequential.pValue),
            (",\"interval_low\":", comparison.sequential.interval?.lowerBound),
            (",\"interval_high\":", comparison.sequential.interval?.upperBound),
            (",\"chi_square\":", comparison.chiSquare?.statistic),
            (",\"chi_square_p_value\":", comparison.chiSquare?.pValue),
            (",\"chi_square_by_key\":", comparison.chiSquareByKey?.statistic),
            (",\"chi_square_by_key_p_value\":", comparison.chiSquareByKey?.pValue),
            (",\"effect_size\":", comparison.power.effectSize),
            (",\"relative_change\":", comparison.power.relativeChange),
            (",\"detectable_difference\":", comparison.power.detectableDifference),
            (",\"further_keys\":", comparison.power.furtherKeyCount),
        ]
        for (name, number) in numbers {
            buffer.append(name)
            buffer.appendNumber(number)
        }
        buffer.append("}")
    }

    private func appendHistory(to buffer: inout ByteBuffer) {
        buffer.append(",\"history\":[")
        for (index, point) in monitor.history.points.enumerated() {
            buffer.append(index == 0 ? "{\"time\":" : ",{\"time\":" as StaticString)
            buffer.appendNumber(Double(point.time))
            buffer.append(",\"anomaly_rates\":[")
            append(point.anomalyRates, to: &buffer)
            buffer.append("],\"accuracies\":[")
            append(point.accuracies, to: &buffer)
            buffer.append("]}")
        }
        buffer.append("]")
    }
}
