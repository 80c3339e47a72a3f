import LinuxSystem
import ModelMonitoring
import OpenInferenceProtocol

/// Writes the answer of `GET /v2/models/M/drift`, a few variables at a time.
///
/// Members whose value is not known are null, so that every answer has the same members.
struct DriftDocument: ~Copyable {
    private let report: DriftReport
    private let settings: DriftSettings
    private var buffer = ByteBuffer()
    /// Variables that are written.
    private var writtenCount = 0

    init(_ report: DriftReport, _ settings: DriftSettings, model: String, version: String) {
        self.report = report
        self.settings = settings
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
    }

    /// Goes on writing.
    ///
    /// - Parameter count: how many variables are written at most.
    /// - Returns: the whole text when it is complete; nil before.
    mutating func write(variables count: Int) -> [UInt8]? {
        let featureCount = report.features.count
        let end = min(writtenCount + count, featureCount + report.outputs.count)
        while writtenCount < end {
            if writtenCount == featureCount { buffer.append("],\"outputs\":[") }
            if writtenCount < featureCount {
                append(report.features[writtenCount], isFirst: writtenCount == 0, isOutput: false)
            } else {
                let index = writtenCount - featureCount
                append(report.outputs[index], isFirst: index == 0, isOutput: true)
            }
            writtenCount += 1
        }
        guard writtenCount == featureCount + report.outputs.count else { return nil }
        if report.outputs.isEmpty { buffer.append("],\"outputs\":[") }
        buffer.append("],\"anomaly_rate\":{\"rows\":\(report.anomalies.rowCount)")
        append(",\"rate\":", report.anomalies.rate)
        append(",\"reference_rate\":", report.anomalies.referenceRate)
        append(",\"change\":", report.anomalies.change)
        buffer.append(",\"level\":\"\(report.anomalies.level)\"}}")
        return buffer.withBytes { bytes in bytes.indices.map { bytes[$0] } }
    }

    private mutating func append(_ variable: DriftReport.Variable, isFirst: Bool, isOutput: Bool) {
        buffer.append(isFirst ? "{\"name\":" : ",{\"name\":" as StaticString)
        buffer.appendJSONString(variable.name)
        if isOutput { buffer.append(",\"element\":\(variable.element)") }
        buffer.append(",\"level\":\"\(variable.level)\",\"rows\":\(variable.rowCount)")
        append(",\"psi\":", variable.psi)
        append(",\"ks\":", variable.kolmogorovDistance)
        append(",\"ks_p_value\":", variable.kolmogorovProbability)
        append(",\"missing_rate\":", variable.missingRate)
        append(",\"reference_missing_rate\":", variable.referenceMissingRate)
        append(",\"out_of_range_rate\":", variable.outOfRangeRate)
        append(",\"counts\":", variable.classes)
        append(",\"reference_counts\":", variable.referenceClasses)
        buffer.append("}")
    }

    private mutating func append(_ key: StaticString, _ value: Double?) {
        buffer.append(key)
        buffer.append(value.map { "\($0)" } ?? "null")
    }

    private mutating func append(_ key: StaticString, _ counts: [UInt64]) {
        buffer.append(key)
        buffer.append("[" + counts.map(\.description).joined(separator: ",") + "]")
    }
}
