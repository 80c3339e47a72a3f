import ModelRepository

/// The options of metrics and readiness.
extension ServerOption {
    static let monitoring = [
        ServerOption(
            configuration, .monitoring, "file with options (http_port: 8000) and what none says (event_sink, instance)",
            .value(placeholder: "FILE", isRepeatable: false) { (options, value) throws(Unusable) in
                guard !value.isEmpty else { throw Unusable(expected: "the path of a file") }
                options.configurationFile = value
            }),
        ServerOption(
            "--unready-when-overloaded", .monitoring,
            "not be ready while requests are refused because queues are full (false)",
            .flag { $0.unreadyWhenOverloaded = $1 }),
        ServerOption(
            "--allow-cpu-metrics", .monitoring, "metrics of the machine's processors and memory (true)",
            .flag { $0.cpuMetrics = $1 }),
        ServerOption(
            "--metrics-interval-ms", .monitoring, "how often the machine, and models' drift, are looked at (2000)",
            .value(placeholder: "MILLISECONDS", isRepeatable: false) { (options, value) throws(Unusable) in
                options.metricsIntervalMilliseconds = try number(
                    value, ServerOptionLimits.metricsIntervalMilliseconds, unit: "milliseconds")
            }),
        ServerOption(
            "--metrics-config", .monitoring,
            "settings of series: counter_latencies=false takes durations off; may be repeated",
            .value(placeholder: "KEY=VALUE", isRepeatable: true) { (options, value) throws(Unusable) in
                try applyMetricsConfiguration(value, to: &options)
            }),
    ]

    /// Keys of `--metrics-config`.
    private static let metricsKeys = [
        "counter_latencies", "histogram_latencies", "summary_latencies", "summary_quantiles",
    ]

    /// - Source: Triton `docs/user_guide/metrics.md` and `MetricReporterConfig::ParseConfig`.
    private static func applyMetricsConfiguration(
        _ value: String, to options: inout ServerOptions
    ) throws(Unusable) {
        let parts = value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { String($0) }
        guard parts.count == 2, metricsKeys.contains(parts[0]) else {
            throw Unusable(expected: "one of the keys \(metricsKeys.joined(separator: ", ")) with =value")
        }
        let (key, text) = (parts[0], parts[1])
        if key == "summary_quantiles" {
            guard areQuantiles(text) else {
                throw Unusable(expected: "quantiles with their errors, as in summary_quantiles=0.5:0.05,0.99:0.001")
            }
            return options.notices.append("--metrics-config summary_quantiles has no effect: \(noSummaries)")
        }
        guard let isOn = ServerOptionsParser.flag(text), !text.isEmpty else {
            throw Unusable(expected: "\(key)=true or \(key)=false")
        }
        switch key {
        case "counter_latencies": options.counterLatencies = isOn
        case "histogram_latencies" where isOn:
            options.notices.append(
                "--metrics-config histogram_latencies has no effect: Triton's histogram is of decoupled models, which "
                    + "this server has none of; rowan_request_phase_seconds is always there")
        case "summary_latencies" where isOn:
            options.notices.append("--metrics-config summary_latencies has no effect: \(noSummaries)")
        default: break
        }
    }

    private static let noSummaries =
        "there are no summaries, which cannot be added up over loops or servers; quantiles of "
        + "rowan_request_phase_seconds can"

    /// Whether a text is pairs of numbers from 0 to 1.
    private static func areQuantiles(_ text: String) -> Bool {
        text.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { pair in
            let numbers = pair.split(separator: ":", omittingEmptySubsequences: false).map { Double($0) ?? -1 }
            return numbers.count == 2 && numbers.allSatisfy { (0...1).contains($0) }
        }
    }
}
