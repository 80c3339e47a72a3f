import AnomalyExplanation
import LinuxSystem
import OpenInferenceProtocol

/// The data of `rowan.explanation.ready` and `rowan.explanation.failed`: what it is about, and where to read it.
struct ExplanationEvent {
    /// A JSON object.
    let data: [UInt8]

    init(_ incident: Incident) {
        var buffer = ByteBuffer()
        func text(_ name: StaticString, _ value: String, limit: Int = EventLimits.nameByteCount) {
            buffer.append(name)
            buffer.appendJSONString(DriftEvent.cut(value, byteLimit: limit))
        }
        text("{\"id\":", incident.id.text)
        text(",\"state\":", incident.job.state.rawValue)
        if !incident.job.reason.isEmpty { text(",\"reason\":", incident.job.reason) }
        text(",\"model\":", incident.model.name)
        text(",\"version\":", incident.model.version)
        if !incident.context.service.isEmpty { text(",\"service\":", incident.context.service) }
        text(",\"signature\":", incident.signature.text)
        buffer.append(",\"count\":\(incident.count)")
        if let explanation = incident.explanation {
            text(",\"title\":", explanation.title)
            text(",\"root_cause\":", explanation.rootCause, limit: EventLimits.paragraphByteCount)
            text(",\"generator\":", explanation.generator.rawValue)
        }
        text(",\"url\":", "/v2/explanations/" + incident.id.text)
        buffer.append("}")
        data = buffer.withBytes { bytes in bytes.indices.map { bytes[$0] } }
    }
}
