import LinuxSystem
import ModelRepository
import OpenInferenceProtocol
import TrafficSplitting

/// What a split is, beside its variants' figures, as members of `GET /v2/experiments/S`.
struct SplitDescription {
    let split: TrafficSplit
    /// What its shadow has shown; nil without one.
    let shadow: ShadowThread.Figures?

    /// Appends members of a JSON object, separated by commas.
    func append(to buffer: inout ByteBuffer) {
        buffer.append("\"sticky\":{\"cookie\":")
        buffer.appendJSONString(split.sticky.cookie)
        buffer.append(",\"header\":")
        buffer.appendJSONString(split.sticky.header)
        buffer.append(",\"metadata\":")
        buffer.appendJSONString(split.sticky.metadata)
        buffer.append(",\"max_age_seconds\":")
        buffer.appendDecimal(UInt(split.sticky.maxAgeSeconds))
        buffer.append("},\"on_unavailable\":\"")
        buffer.append(split.unavailability == .refuse ? "REFUSE" : "REDISTRIBUTE" as StaticString)
        buffer.append("\",\"weights\":[")
        for (index, variant) in split.variants.enumerated() {
            if index > 0 { buffer.append(",") }
            buffer.append("\(Double(variant.weight.millionths) / 1e6)")
        }
        buffer.append("],\"ready\":[")
        for index in split.variants.indices {
            if index > 0 { buffer.append(",") }
            buffer.append(split.available >> UInt64(index) & 1 == 1 ? "true" : "false" as StaticString)
        }
        buffer.append("],\"shadow\":")
        if let shadow { ShadowDocument(figures: shadow).append(to: &buffer) } else { buffer.append("null") }
    }
}
