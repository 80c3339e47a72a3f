import CloudEvents
import LinuxSystem
import ModelRepository

/// Where events are brought to, as the file of `--config` says.
extension EventSinkOptions {
    /// Reads the file.
    ///
    /// - Parameter environment: the variables that it may name for secrets.
    /// - Returns: the places, and what events call this server; empty for the machine's name.
    static func read(
        _ path: String, environment: (String) -> String?
    ) throws(StartFault) -> (sinks: [EventSinkOptions], instance: String) {
        let content: ByteBuffer
        do throws(FileFault) {
            content = try FileSystem.read(path, byteCountLimit: ModelRepositoryLimits.textFormatByteLimit)
        } catch {
            throw .configuration(path, "\(error)")
        }
        let configuration: ServerConfiguration
        do throws(TextFormatFault) {
            configuration = try content.withBytes { (bytes) throws(TextFormatFault) in
                try ServerConfiguration.read(bytes, options: ServerOption.fields)
            }
        } catch {
            throw .configuration(path, error.description)
        }
        guard configuration.eventSinks.count <= CloudEventsLimits.sinkCount else {
            throw .configuration(path, "more than \(CloudEventsLimits.sinkCount) event_sink")
        }
        guard configuration.instance.utf8.count <= EventLimits.instanceByteCount else {
            throw .configuration(path, "instance has more than \(EventLimits.instanceByteCount) bytes")
        }
        var sinks: [EventSinkOptions] = []
        for sink in configuration.eventSinks {
            do throws(EventSinkFault) {
                sinks.append(try EventSinkOptions(sink, environment: environment))
            } catch {
                throw .configuration(path, "\(sink.position): \(error.sentence)")
            }
        }
        return (sinks, configuration.instance)
    }

    private init(
        _ sink: ServerConfiguration.EventSink, environment: (String) -> String?
    ) throws(EventSinkFault) {
        switch sink.target {
        case .file(let path): self.init(name: sink.name, target: .file(path: path))
        case .http(let url, let isBinary, let seconds, let variable):
            let timeout = seconds ?? CloudEventsLimits.usualTimeoutSeconds
            guard CloudEventsLimits.timeoutSeconds.contains(timeout) else {
                let range = CloudEventsLimits.timeoutSeconds
                throw EventSinkFault("timeout_seconds is not within \(range.lowerBound) to \(range.upperBound)")
            }
            var token: String?
            if !variable.isEmpty {
                token = environment(variable)
                guard token != nil else { throw EventSinkFault("the variable \(variable) of token_env is not set") }
            }
            self.init(
                name: sink.name,
                target: .http(
                    url: url, mode: isBinary ? .binary : .structured, token: token, timeoutSeconds: timeout))
        }
        types = sink.types
        if let count = sink.maxQueue {
            queueCapacity = try Self.count("max_queue", count, within: CloudEventsLimits.queueCapacity)
        }
        if let count = sink.maxAttempts {
            attempts = try Self.count("max_attempts", count, within: CloudEventsLimits.attempts)
        }
        if !sink.deadLetterFile.isEmpty { deadLetterFile = sink.deadLetterFile }
        if let fault { throw EventSinkFault(fault) }
    }

    private static func count(
        _ field: String, _ value: UInt64, within range: ClosedRange<Int>
    ) throws(EventSinkFault) -> Int {
        guard let count = Int(exactly: value), range.contains(count) else {
            throw EventSinkFault("\(field) is not within \(range.lowerBound) to \(range.upperBound)")
        }
        return count
    }
}

/// Why a place cannot be.
private struct EventSinkFault: Error {
    let sentence: String

    init(_ sentence: String) { self.sentence = sentence }
}
