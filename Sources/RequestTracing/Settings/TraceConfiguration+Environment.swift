extension TraceConfiguration {
    /// A variable that cannot be used.
    package struct UnusableVariable: Error, Equatable {
        package let name: String
        package let value: String
        package let expected: String
    }

    /// Takes over what OpenTelemetry's variables say and the command line does not.
    ///
    /// They hold in mode `opentelemetry` only.
    ///
    /// - Parameter environment: variables of the process; those that begin with `OTEL_` count.
    package mutating func apply(environment: [String: String]) throws(UnusableVariable) {
        guard options.mode == .openTelemetry else { return }
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) where !value.isEmpty {
            do throws(Unusable) {
                try apply(variable: name, value, environment)
            } catch {
                // Fields that are sent along may hold secrets.
                let shown = name.hasSuffix("_HEADERS") ? "…" : value
                throw UnusableVariable(name: name, value: shown, expected: error.expected)
            }
        }
    }

    private mutating func apply(
        variable name: String, _ value: String, _ environment: [String: String]
    ) throws(Unusable) {
        /// Whether there is a variable for traces alone, which wins over this one for everything.
        func isOverruled(by specific: String) -> Bool { environment[specific]?.isEmpty == false }
        switch name {
        case "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT":
            if !namesURL { try setURL(value) }
        case "OTEL_EXPORTER_OTLP_ENDPOINT":
            if !namesURL, !isOverruled(by: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") {
                try setURL(value + (value.hasSuffix("/") ? "v1/traces" : "/v1/traces"))
            }
        case "OTEL_EXPORTER_OTLP_TRACES_HEADERS": options.openTelemetry.fields = try Self.pairs(value)
        case "OTEL_EXPORTER_OTLP_HEADERS":
            if !isOverruled(by: "OTEL_EXPORTER_OTLP_TRACES_HEADERS") {
                options.openTelemetry.fields = try Self.pairs(value)
            }
        case "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT": try setTimeout(value)
        case "OTEL_EXPORTER_OTLP_TIMEOUT":
            if !isOverruled(by: "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT") { try setTimeout(value) }
        case "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": try Self.checkProtocol(value)
        case "OTEL_EXPORTER_OTLP_PROTOCOL":
            if !isOverruled(by: "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") { try Self.checkProtocol(value) }
        case "OTEL_SERVICE_NAME": try setResourceUnlessNamed("service.name", value)
        case "OTEL_RESOURCE_ATTRIBUTES":
            for pair in try Self.pairs(value)
            where pair.name != "service.name" || !isOverruled(by: "OTEL_SERVICE_NAME") {
                try setResourceUnlessNamed(pair.name, pair.value)
            }
        case "OTEL_TRACES_SAMPLER": try setSampler(value, argument: environment["OTEL_TRACES_SAMPLER_ARG"])
        case "OTEL_BSP_MAX_QUEUE_SIZE", "OTEL_BSP_SCHEDULE_DELAY", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE":
            let setting = name.dropFirst("OTEL_".count).lowercased()
            if !namedQueue.contains(setting) { try setQueue(setting, value) }
        case "OTEL_SDK_DISABLED":
            if value.lowercased() == "true" { options.setting.isOn = false }
        default: break
        }
    }

    private mutating func setTimeout(_ value: String) throws(Unusable) {
        options.openTelemetry.timeoutMilliseconds = try Self.number(
            value, TracingLimits.timeoutMilliseconds, "milliseconds")
    }

    private static func checkProtocol(_ value: String) throws(Unusable) {
        guard value == "http/protobuf" else { throw Unusable("http/protobuf, which is what spans are sent as") }
    }

    private mutating func setResourceUnlessNamed(_ name: String, _ value: String) throws(Unusable) {
        if namedResources.contains(name) { return }
        guard options.openTelemetry.setResource(name, value) else {
            throw Unusable("at most \(TracingLimits.pairCount) attributes of the resource")
        }
    }

    /// A rate on the command line is the rate; the variable still says what a caller's decision means.
    private mutating func setSampler(_ value: String, argument: String?) throws(Unusable) {
        guard let sampler = RootSampler(name: value, argument: argument) else {
            throw Unusable(
                "always_on, always_off or traceidratio, with or without parentbased_ before it, and in "
                    + "OTEL_TRACES_SAMPLER_ARG a number from 0 to 1")
        }
        options.openTelemetry.sampler = sampler
        guard !namesRate, let fraction = sampler.fraction else { return }
        options.setting.fraction = fraction
        options.setting.rate = fraction > 0 ? Int(min((1 / fraction).rounded(), Double(Int32.max))) : 0
    }

    /// `name=value` pairs with commas between them; values are percent-encoded.
    ///
    /// - Source: W3C Baggage, which the specification of these variables names.
    private static func pairs(_ text: String) throws(Unusable) -> [OpenTelemetryOptions.Pair] {
        var pairs: [OpenTelemetryOptions.Pair] = []
        for member in text.split(separator: ",") {
            let trimmed = trim(member)
            if trimmed.isEmpty { continue }
            guard let equals = trimmed.firstIndex(of: "="), equals > trimmed.startIndex else {
                throw Unusable("names and values, as in a=1,b=2")
            }
            guard pairs.count < TracingLimits.pairCount else {
                throw Unusable("at most \(TracingLimits.pairCount) pairs")
            }
            let value = trim(trimmed[trimmed.index(after: equals)...])
            pairs.append(OpenTelemetryOptions.Pair(String(trim(trimmed[..<equals])), decoded(value)))
        }
        return pairs
    }

    private static func trim(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " || $0 == "\t" }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }

    /// What cannot be decoded stays as it is.
    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
