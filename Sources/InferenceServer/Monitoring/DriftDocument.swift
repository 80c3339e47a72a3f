import LinuxSystem
import ModelMonitoring
import OpenInferenceProtocol

/// Writes the answer of `GET /v2/models/M/drift`.
///
/// Members whose value is not known are null, so that every answer has the same members.
struct DriftDocument {
    private let report: DriftReport
    private let settings: DriftSettings

    init(_ window: DriftWindow, at now: Nanoseconds) {
        report = window.report(at: now)
        settings = window.plan.settings
    }

    func append(model: String, version: String, to buffer: inout ByteBuffer) {
        buffer.append("{\"model\":")
        buffer.appendJSONString(model)
        buffer.append(",\"version\":")
        buffer.appendJSONString(version)
        buffer.append(",\"level\":\"\(report.level)\",\"window\":{\"rows\":\(report.rowCount)")
        buffer.append(",\"seconds\":\(Double(report.age.count) / 1e9),\"row_limit\":\(settings.windowRows)")
        buffer.append(",\"second_limit\":\(settings.windowSeconds),\"sample_fraction\":\(settings.sampleFraction)")
        buffer.append(",\"judged\":\(report.isJudged)},\"reference\":{\"rows\":\(report.referenceRowCount)}")
        buffer.append(",\"thresholds\":{\"psi_warning\":\(settings.psiWarning),\"psi_alert\":\(settings.psiAlert)")
        buffer.append(",\"anomaly_rate_change\":\(DriftReport.anomalyRateChange)},\"features\":[")
        append(report.features, areOutputs: false, to: &buffer)
        buffer.append("],\"outputs\":[")
        append(report.outputs, areOutputs: true, to: &buffer)
        buffer.append("],\"anomaly_rate\":{\"rows\":\(report.anomalies.rowCount)")
        append(",\"rate\":", report.anomalies.rate, to: &buffer)
        append(",\"reference_rate\":", report.anomalies.referenceRate, to: &buffer)
        append(",\"change\":", report.anomalies.change, to: &buffer)
        buffer.append(",\"level\":\"\(report.anomalies.level)\"}}")
    }

    private func append(_ variables: [DriftReport.Variable], areOutputs: Bool, to buffer: inout ByteBuffer) {
        for (index, variable) in variables.enumerated() {
            buffer.append(index == 0 ? "{\"name\":" : ",{\"name\":" as StaticString)
            buffer.appendJSONString(variable.name)
            if areOutputs { buffer.append(",\"element\":\(variable.element)") }
            buffer.append(",\"level\":\"\(variable.level)\",\"rows\":\(variable.rowCount)")
            append(",\"psi\":", variable.psi, to: &buffer)
            append(",\"ks\":", variable.kolmogorovDistance, to: &buffer)
            append(",\"ks_p_value\":", variable.kolmogorovProbability, to: &buffer)
            append(",\"missing_rate\":", variable.missingRate, to: &buffer)
            append(",\"reference_missing_rate\":", variable.referenceMissingRate, to: &buffer)
            append(",\"out_of_range_rate\":", variable.outOfRangeRate, to: &buffer)
            append(",\"counts\":", variable.classes, to: &buffer)
            append(",\"reference_counts\":", variable.referenceClasses, to: &buffer)
            buffer.append("}")
        }
    }

    private func append(_ key: StaticString, _ value: Double?, to buffer: inout ByteBuffer) {
        buffer.append(key)
        buffer.append(value.map { "\($0)" } ?? "null")
    }

    private func append(_ key: StaticString, _ counts: [UInt64], to buffer: inout ByteBuffer) {
        buffer.append(key)
        buffer.append("[" + counts.map(\.description).joined(separator: ",") + "]")
    }
}
