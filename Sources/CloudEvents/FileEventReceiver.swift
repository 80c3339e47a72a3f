import LinuxSystem

/// Writes events to the end of a file, a line for each, as JSON.
///
/// The file is opened anew for each event, so that it may be moved away at any time.
///
/// - Isolation: the side thread.
final class FileEventReceiver: EventReceiver {
    private let path: String
    private let byteCountLimit: Int

    /// - Parameter byteCountLimit: bytes from which on nothing more is written.
    init(path: String, byteCountLimit: Int = CloudEventsLimits.fileByteCount) {
        self.path = path
        self.byteCountLimit = byteCountLimit
    }

    func deliver(_ event: CloudEvent, within limit: Nanoseconds) -> EventQueue.Outcome {
        append(line: CloudEventEncoding.structured(event))
    }

    /// Appends a line.
    func append(line: [UInt8]) -> EventQueue.Outcome {
        do throws(SystemError) {
            let file = try AppendedFile(path)
            guard try file.byteCount() + line.count < byteCountLimit else {
                return .failed(after: nil, reason: "the file has \(byteCountLimit) bytes: move it away")
            }
            // In one call, so that other writers' lines stay whole.
            let whole = line + [UInt8(ascii: "\n")]
            try file.append(whole.span)
            return .delivered
        } catch {
            return .failed(after: nil, reason: error.reason)
        }
    }
}
