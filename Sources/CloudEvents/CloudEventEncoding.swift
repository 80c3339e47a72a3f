import LinuxSystem
import OpenInferenceProtocol

/// How an event goes over the wire and into files.
///
/// - Source: CloudEvents 1.0.2, *JSON Event Format* and *HTTP Protocol Binding*.
enum CloudEventEncoding {
    static let version = "1.0"

    /// Appends the event as one JSON object, without a line feed.
    static func appendStructured(_ event: CloudEvent, to buffer: inout ByteBuffer) {
        buffer.append("{\"specversion\":\"1.0\"")
        for (name, value) in event.attributes {
            buffer.append(",\"\(name)\":")
            buffer.appendJSONString(value)
        }
        buffer.append(",\"datacontenttype\":\"application/json\",\"data\":")
        buffer.append(event.data.span)
        buffer.append("}")
    }

    /// The event as one JSON object.
    static func structured(_ event: CloudEvent) -> [UInt8] {
        var buffer = ByteBuffer()
        appendStructured(event, to: &buffer)
        return buffer.withBytes { bytes in bytes.indices.map { bytes[$0] } }
    }

    /// The fields of a request whose body is the data alone.
    static func binaryFields(_ event: CloudEvent) -> [(name: String, value: String)] {
        [("ce-specversion", version)] + event.attributes.map { ("ce-\($0.name)", escaped($0.value)) }
    }

    /// A value as a field may hold it: blanks, quotation marks, percent signs and everything that is not printable
    /// ASCII become the percent-encoded bytes of their UTF-8.
    ///
    /// - Source: *HTTP Protocol Binding*, section 3.1.3.2.
    static func escaped(_ value: String) -> String {
        var text = ""
        for byte in value.utf8 {
            if byte > 0x20, byte < 0x7F, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "%") {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                text += "%" + (digits.utf8.count == 1 ? "0" : "") + digits
            }
        }
        return text
    }
}
