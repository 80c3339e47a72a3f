import RequestTracing

/// Which requests are traced, and where traces go: Triton's option, and its older ones.
extension ServerOption {
    static let tracing = [
        ServerOption(
            "--trace-config", .tracing,
            "mode, level, rate, triton,file, opentelemetry,url, …; may be repeated (level=OFF)",
            .value(placeholder: "[MODE,]SETTING=VALUE", isRepeatable: true) { (options, value) throws(Unusable) in
                try configure(&options) { (tracing) throws(TraceConfiguration.Unusable) in try tracing.apply(value) }
            }),
        older("--trace-file", "FILE", "the older name of triton,file") {
            (tracing, value) throws(TraceConfiguration.Unusable) in try tracing.setFile(value)
        },
        older("--trace-level", "LEVEL", "the older name of level") {
            (tracing, value) throws(TraceConfiguration.Unusable) in try tracing.setLevel(value)
        },
        older("--trace-rate", "N", "the older name of rate (1000)") {
            (tracing, value) throws(TraceConfiguration.Unusable) in try tracing.setRate(value)
        },
        older("--trace-count", "N", "the older name of count (-1)") {
            (tracing, value) throws(TraceConfiguration.Unusable) in try tracing.setCount(value)
        },
        older("--trace-log-frequency", "N", "the older name of triton,log-frequency (0)") {
            (tracing, value) throws(TraceConfiguration.Unusable) in try tracing.setLogFrequency(value)
        },
    ]

    /// An option that `--trace-config` has taken the place of, and which it wins over.
    private static func older(
        _ name: String, _ placeholder: String, _ help: String,
        _ set: @escaping @Sendable (inout TraceConfiguration, String) throws(TraceConfiguration.Unusable) -> Void
    ) -> ServerOption {
        ServerOption(
            name, .tracing, help,
            .value(placeholder: placeholder, isRepeatable: name == "--trace-level") {
                (options, value) throws(Unusable) in
                try configure(&options) { (tracing) throws(TraceConfiguration.Unusable) in try set(&tracing, value) }
            })
    }

    private static func configure(
        _ options: inout ServerOptions,
        _ set: (inout TraceConfiguration) throws(TraceConfiguration.Unusable) -> Void
    ) throws(Unusable) {
        do throws(TraceConfiguration.Unusable) {
            try set(&options.tracing)
        } catch {
            throw Unusable(expected: error.expected)
        }
    }
}
