import LinuxSystem
import OpenInferenceProtocol

/// Where events end that nobody took: a file of bounded size, a line for each with the reason, or nowhere.
///
/// - Isolation: the side thread.
final class DeadLetters {
    private let file: FileEventReceiver?

    /// - Parameter path: nil for nowhere.
    init(path: String?, byteCountLimit: Int = CloudEventsLimits.deadLetterByteCount) {
        file = path.map { FileEventReceiver(path: $0, byteCountLimit: byteCountLimit) }
    }

    /// Keeps an event.
    ///
    /// - Returns: false if it is lost.
    func bury(_ event: CloudEvent, sink: String, reason: String) -> Bool {
        guard let file else { return false }
        var buffer = ByteBuffer()
        buffer.append("{\"sink\":")
        buffer.appendJSONString(sink)
        buffer.append(",\"reason\":")
        buffer.appendJSONString(reason)
        buffer.append(",\"event\":")
        CloudEventEncoding.appendStructured(event, to: &buffer)
        buffer.append("}")
        let line = buffer.withBytes { bytes in bytes.indices.map { bytes[$0] } }
        return file.append(line: line) == .delivered
    }
}
