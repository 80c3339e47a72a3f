import LinuxSystem
import ModelMonitoring
import OpenInferenceProtocol

/// The data of `rowan.rollout.changed`: what a candidate has from now on, and why.
struct RolloutEvent {
    /// A JSON object.
    let data: [UInt8]

    /// - Parameter before: the change before this one; nil if the rollout has just begun.
    init(split: String, candidate: String, _ change: Rollout.Change, before: Rollout.Change?) {
        var buffer = ByteBuffer()
        buffer.append("{\"split\":")
        buffer.appendJSONString(split)
        buffer.append(",\"candidate\":")
        buffer.appendJSONString(candidate)
        buffer.append(",")
        Self.append(change, to: &buffer)
        buffer.append(",\"reason\":")
        buffer.appendJSONString(change.reason)
        buffer.append(",\"previous\":")
        if let before {
            buffer.append("{")
            Self.append(before, to: &buffer)
            buffer.append("}}")
        } else {
            buffer.append("null}")
        }
        data = buffer.withBytes { bytes in bytes.indices.map { bytes[$0] } }
    }

    private static func append(_ change: Rollout.Change, to buffer: inout ByteBuffer) {
        buffer.append("\"phase\":\"\(change.phase.rawValue)\",\"share_percent\":\(change.share)")
    }
}
