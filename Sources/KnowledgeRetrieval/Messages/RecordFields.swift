import JSONSyntax

/// The members of a log record that are texts and numbers, by name; those of inner objects as `outer.inner`.
struct RecordFields {
    private var values: [String: String] = [:]

    /// Most members that are looked at.
    private static let limit = 256

    /// Reads a document; nil for anything that is no JSON, also one that was cut.
    init?(json record: ArraySlice<UInt8>) {
        let bytes = Array(record)
        guard let document = JSONValue(bytes.span), case .object = document else { return nil }
        add(document, "")
    }

    /// Takes fields that were read elsewhere.
    init(_ values: [String: String]) { self.values = values }

    private mutating func add(_ value: JSONValue, _ name: String) {
        guard values.count < Self.limit else { return }
        switch value {
        case .text(let text): values[name.lowercased()] = text
        case .number(let number): values[name.lowercased()] = Int(exactly: number).map { "\($0)" } ?? "\(number)"
        case .flag, .null: break
        case .array(let elements):
            // CloudWatch hands several events over in one; the first one speaks.
            if let first = elements.first { add(first, name) }
        case .object(let members):
            for (key, member) in members { add(member, name.isEmpty ? key : "\(name).\(key)") }
        }
    }

    var isEmpty: Bool { values.isEmpty }

    private func first(_ names: [String]) -> String? {
        for name in names {
            if let value = values[name], !value.isEmpty { return value }
        }
        return nil
    }

    /// What happened.
    var message: String? {
        first([
            "message", "msg", "@message", "logevents.message", "log", "body", "text", "textpayload",
            "jsonpayload.message", "event.original", "short_message", "event", "error.message", "error", "err",
            "exception", "reason",
        ])
    }
    /// What went wrong, where that stands beside the message.
    var failure: String? {
        first(["error.message", "error", "err", "exception.message", "exception", "error.type", "cause", "reason"])
    }
    var level: String? { first(["level", "severity", "lvl", "log.level", "levelname", "loglevel", "@l", "priority"]) }
    var logger: String? {
        first(["logger", "logger_name", "loggername", "name", "log.logger", "module", "caller", "component"])
    }
    var service: String? {
        first([
            "service", "service.name", "service_name", "app", "application", "kubernetes.labels.app",
            "resource.labels.container_name", "kubernetes.container_name", "container",
        ])
    }
    var host: String? { first(["host", "hostname", "host.name", "node", "nodename", "instance", "kubernetes.host"]) }
    var time: String? { first(["time", "timestamp", "@timestamp", "ts", "datetime", "date", "@t", "asctime"]) }
    var isCloudWatch: Bool { values["@message"] != nil || values["logevents.message"] != nil }
}
