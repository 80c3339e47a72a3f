package import LinuxSystem
import OpenInferenceProtocol

extension KnowledgeDocument {
    /// Appends the document as JSON, as it may be brought again.
    package func append(to text: inout ByteBuffer) {
        text.append("{\"id\":")
        text.appendJSONString(id)
        text.append(",\"title\":")
        text.appendJSONString(title)
        if let service {
            text.append(",\"service\":")
            text.appendJSONString(service)
        }
        if let tenant {
            text.append(",\"tenant\":")
            text.appendJSONString(tenant)
        }
        if let time {
            text.append(",\"time\":")
            text.appendDecimal(Int(time))
        }
        text.append(",\"tags\":[")
        for (index, tag) in tags.enumerated() {
            if index > 0 { text.append(",") }
            text.appendJSONString(tag)
        }
        text.append("],\"text\":")
        text.appendJSONString(self.text)
        text.append("}")
    }
}
