import LinuxSystem
import ModelMonitoring
import OpenInferenceProtocol

/// The data of `rowan.drift.detected`: what has crossed which threshold, and over which rows.
struct DriftEvent {
    /// A JSON object.
    let data: [UInt8]

    init(_ watch: DriftMonitor.Watch, _ crossings: [DriftAlarm.Crossing], _ report: DriftReport) {
        var buffer = ByteBuffer()
        buffer.append("{\"model\":")
        buffer.appendJSONString(watch.key.model)
        buffer.append(",\"version\":")
        buffer.appendJSONString(watch.key.version)
        let level = crossings.map(\.level).max() ?? .unknown
        buffer.append(",\"level\":\"\(level)\",\"window\":{\"rows\":\(report.rowCount)")
        buffer.append(",\"seconds\":\(Double(report.age.count) / 1e9)},\"reference\":{\"rows\":")
        buffer.append("\(report.referenceRowCount)},\"crossing_count\":\(crossings.count),\"crossings\":[")
        let worst = crossings.sorted { abs($0.value) > abs($1.value) }.prefix(EventLimits.listedCrossings)
        for (index, crossing) in worst.enumerated() {
            if index > 0 { buffer.append(",") }
            Self.append(crossing, to: &buffer)
        }
        buffer.append("]}")
        data = buffer.withBytes { bytes in bytes.indices.map { bytes[$0] } }
    }

    private static func append(_ crossing: DriftAlarm.Crossing, to buffer: inout ByteBuffer) {
        var measure: StaticString = "psi"
        switch crossing.subject {
        case .feature(let name):
            buffer.append("{\"feature\":")
            buffer.appendJSONString(cut(name))
        case .output(let name, let element):
            buffer.append("{\"output\":")
            buffer.appendJSONString(cut(name))
            buffer.append(",\"element\":\(element)")
        case .anomalyRate:
            buffer.append("{\"anomaly_rate\":true")
            measure = "change"
        }
        buffer.append(",\"level\":\"\(crossing.level)\",\"")
        buffer.append(measure)
        buffer.append("\":\(crossing.value),\"threshold\":\(crossing.threshold)}")
    }

    /// A text of at most the permitted bytes, whole characters of it.
    static func cut(_ name: String, byteLimit: Int = EventLimits.nameByteCount) -> String {
        var (text, count) = ("", 0)
        for character in name {
            count += String(character).utf8.count
            if count > byteLimit { break }
            text.append(character)
        }
        return text
    }
}
