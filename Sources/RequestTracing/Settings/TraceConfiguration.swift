import OutgoingHTTP

/// Reads what an operator says about traces at start: Triton's options, then OpenTelemetry's variables.
///
/// - Source: Triton `src/command_line_parser.cc`, `ParseTraceConfigOption` and what follows it.
package struct TraceConfiguration: Equatable, Sendable {
    /// Why a value cannot be used: what it should be.
    package struct Unusable: Error, Equatable {
        package let expected: String

        init(_ expected: String) { self.expected = expected }
    }

    package internal(set) var options = TraceOptions()
    /// Whether a level was named at all, a rate, a receiver or a resource attribute of this name.
    var namesLevel = false
    var namesRate = false
    var namesURL = false
    var namedResources: Set<String> = []
    var namedQueue: Set<String> = []
    /// Names one setting of `--trace-config`, so that it is not set twice differently.
    private var seen: [String: String] = [:]

    package init() {}

    /// Applies one value of `--trace-config`: `setting=value` or `mode,setting=value`.
    package mutating func apply(_ text: String) throws(Unusable) {
        let form = "MODE,SETTING=VALUE or SETTING=VALUE, as in opentelemetry,url=http://localhost:4318/v1/traces"
        guard let equals = text.firstIndex(of: "=") else { throw Unusable(form) }
        let name = String(text[..<equals])
        let value = String(text[text.index(after: equals)...])
        guard !name.isEmpty, !value.isEmpty else { throw Unusable(form) }
        // Several levels and attributes may be named.
        let isRepeatable = name == "level" || name == "opentelemetry,resource"
        if !isRepeatable, let before = seen.updateValue(value, forKey: name), before != value {
            throw Unusable("\(name) once: it is given twice with different values")
        }
        switch name {
        case "mode": try setMode(value)
        case "level": try setLevel(value)
        case "rate": try setRate(value)
        case "count": try setCount(value)
        case "triton,file": options.file = value
        case "triton,log-frequency", "triton,log_frequency": try setLogFrequency(value)
        case "opentelemetry,url": try setURL(value)
        case "opentelemetry,resource": try setResource(value)
        case "opentelemetry,bsp_max_queue_size", "opentelemetry,bsp_schedule_delay",
            "opentelemetry,bsp_max_export_batch_size":
            try setQueue(String(name.dropFirst("opentelemetry,".count)), value)
        default:
            throw Unusable(
                "a setting that there is: mode, level, rate, count, triton,file, triton,log-frequency, "
                    + "opentelemetry,url, opentelemetry,resource, opentelemetry,bsp_max_queue_size, "
                    + "opentelemetry,bsp_schedule_delay or opentelemetry,bsp_max_export_batch_size")
        }
    }

    // MARK: Single settings

    private mutating func setMode(_ value: String) throws(Unusable) {
        guard let mode = TraceOptions.Mode(rawValue: value.lowercased()) else {
            throw Unusable("triton or opentelemetry")
        }
        options.mode = mode
    }

    /// Adds a level; OFF wins, wherever it stands.
    package mutating func setLevel(_ value: String) throws(Unusable) {
        switch value.lowercased() {
        case "off", "false":
            options.setting.isOn = false
            seen["OFF"] = ""
        case "timestamps", "on", "true", "min", "max": options.setting.isOn = seen["OFF"] == nil
        case "tensors": throw Unusable("OFF or TIMESTAMPS: times are traced, tensors are not")
        default: throw Unusable("OFF or TIMESTAMPS")
        }
        namesLevel = true
    }

    /// Sets the rate.
    package mutating func setRate(_ value: String) throws(Unusable) {
        options.setting.rate = try Self.number(value, TracingLimits.rate, "every how many requests one is traced")
        namesRate = true
    }

    /// Sets the number of requests to trace.
    package mutating func setCount(_ value: String) throws(Unusable) {
        options.setting.count = try Self.number(value, TracingLimits.count, "requests, -1 for all")
    }

    /// Sets the number of traces per file.
    package mutating func setLogFrequency(_ value: String) throws(Unusable) {
        options.setting.logFrequency = try Self.number(
            value, TracingLimits.logFrequency, "traces per file, 0 for one file")
    }

    /// Sets the file of mode `triton`.
    package mutating func setFile(_ value: String) throws(Unusable) {
        guard !value.isEmpty else { throw Unusable("a file") }
        options.file = value
    }

    mutating func setURL(_ value: String) throws(Unusable) {
        do throws(OutgoingFault) {
            options.openTelemetry.url = try OutgoingURL(value).text
        } catch {
            throw Unusable("a URL such as http://localhost:4318/v1/traces; \(error)")
        }
        namesURL = true
    }

    private mutating func setResource(_ value: String) throws(Unusable) {
        guard let equals = value.firstIndex(of: "="), equals > value.startIndex else {
            throw Unusable("behind resource= a name and a value, as in resource=service.name=fraud")
        }
        let name = String(value[..<equals])
        namedResources.insert(name)
        guard options.openTelemetry.setResource(name, String(value[value.index(after: equals)...])) else {
            throw Unusable("at most \(TracingLimits.pairCount) attributes of the resource")
        }
    }

    mutating func setQueue(_ name: String, _ value: String) throws(Unusable) {
        namedQueue.insert(name)
        switch name {
        case "bsp_max_queue_size":
            options.openTelemetry.queueSize = try Self.number(value, TracingLimits.queueSize, "spans")
        case "bsp_schedule_delay":
            options.openTelemetry.scheduleDelayMilliseconds = try Self.number(
                value, TracingLimits.scheduleDelayMilliseconds, "milliseconds")
        default: options.openTelemetry.batchSize = try Self.number(value, TracingLimits.batchSize, "spans")
        }
    }

    static func number(
        _ value: String, _ range: ClosedRange<Int>, _ unit: String
    ) throws(Unusable) -> Int {
        guard !value.hasPrefix("+"), let number = Int(value), range.contains(number) else {
            throw Unusable("a whole number from \(range.lowerBound) to \(range.upperBound): \(unit)")
        }
        return number
    }
}
