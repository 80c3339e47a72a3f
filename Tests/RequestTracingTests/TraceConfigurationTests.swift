import Testing

@testable import RequestTracing

/// Triton's options and OpenTelemetry's variables, one by one and together.
@Suite struct TraceConfigurationTests {
    private func configuration(
        _ values: String..., environment: [String: String] = [:]
    ) throws -> TraceConfiguration {
        var configuration = TraceConfiguration()
        for value in values { try configuration.apply(value) }
        try configuration.apply(environment: environment)
        return configuration
    }

    @Test func `nothing said is nothing traced`() throws {
        let configuration = try configuration()
        #expect(configuration.options == TraceOptions() && configuration.contradiction == nil)
        #expect(!configuration.options.setting.isOn && configuration.options.setting.rate == 1_000)
        #expect(configuration.options.setting.count == -1 && configuration.notice == nil)
    }

    @Test func `every setting of Triton's option is taken`() throws {
        let options = try configuration(
            "mode=triton", "level=TIMESTAMPS", "rate=7", "count=100", "triton,file=/tmp/a=b,c.json",
            "triton,log-frequency=50"
        ).options
        #expect(options.mode == .triton && options.setting.isOn && options.setting.rate == 7)
        #expect(options.setting.count == 100 && options.setting.logFrequency == 50)
        #expect(options.file == "/tmp/a=b,c.json")
        let telemetry = try configuration(
            "mode=OpenTelemetry", "level=timestamps", "opentelemetry,url=http://collector:4318/v1/traces?a=b",
            "opentelemetry,resource=service.name=fraud", "opentelemetry,resource=service.version=1=2",
            "opentelemetry,bsp_max_queue_size=100", "opentelemetry,bsp_schedule_delay=20",
            "opentelemetry,bsp_max_export_batch_size=10"
        ).options
        #expect(telemetry.mode == .openTelemetry && telemetry.openTelemetry.url.hasSuffix("/v1/traces?a=b"))
        #expect(telemetry.openTelemetry.shownURL == "http://collector:4318/v1/traces")
        #expect(telemetry.openTelemetry.resource == [.init("service.name", "fraud"), .init("service.version", "1=2")])
        #expect(telemetry.openTelemetry.queueSize == 100 && telemetry.openTelemetry.batchSize == 10)
        #expect(telemetry.openTelemetry.scheduleDelayMilliseconds == 20)
    }

    @Test(arguments: [
        ("", "MODE,SETTING=VALUE"), ("level", "MODE,SETTING=VALUE"), ("=1", "MODE,SETTING=VALUE"),
        ("level=", "MODE,SETTING=VALUE"), ("mode=jaeger", "triton or opentelemetry"),
        ("level=ALL", "OFF or TIMESTAMPS"),
        ("level=TENSORS", "tensors are not"), ("rate=-1", "from 0 to 2147483647"), ("rate=1.5", "from 0 to 2147483647"),
        ("count=-2", "from -1 to 2147483647"), ("triton,log-frequency=x", "from 0 to 2147483647"),
        ("triton,url=x", "a setting that there is"), ("other=1", "a setting that there is"),
        ("jaeger,url=x", "a setting that there is"), ("opentelemetry,url=collector:4318", "http://"),
        ("opentelemetry,url=http://user:secret@collector/", "before the host"),
        ("opentelemetry,resource=service", "a name and a value"), ("opentelemetry,resource==x", "a name and a value"),
        ("opentelemetry,bsp_max_queue_size=0", "from \(TracingLimits.queueSize.lowerBound) to"),
        ("opentelemetry,bsp_max_export_batch_size=0", "to \(TracingLimits.batchSize.upperBound)"),
        ("opentelemetry,bsp_schedule_delay=0", "to \(TracingLimits.scheduleDelayMilliseconds.upperBound)"),
    ]) func `what cannot be used is refused with what can`(value: String, expected: String) throws {
        let error = try #require(throws: TraceConfiguration.Unusable.self) { try configuration(value) }
        #expect(error.expected.contains(expected), "\(error.expected)")
        #expect(!error.expected.contains("secret"))
    }

    @Test func `a setting is said once, levels and attributes may be repeated`() throws {
        #expect(throws: TraceConfiguration.Unusable.self) { try configuration("rate=1", "rate=2") }
        #expect(try configuration("rate=1", "rate=1").options.setting.rate == 1)
        #expect(try !configuration("level=OFF", "level=TIMESTAMPS").options.setting.isOn)
        #expect(try !configuration("level=TIMESTAMPS", "level=OFF").options.setting.isOn)
        var many = TraceConfiguration()
        for index in 1..<TracingLimits.pairCount { try many.apply("opentelemetry,resource=a\(index)=1") }
        #expect(throws: TraceConfiguration.Unusable.self) { try many.apply("opentelemetry,resource=more=1") }
        try many.apply("opentelemetry,resource=a1=2")
    }

    @Test func `what does not fit together is said`() throws {
        #expect(try configuration("level=TIMESTAMPS").contradiction?.contains("triton,file=FILE") == true)
        #expect(try configuration("level=TIMESTAMPS", "triton,file=a").contradiction == nil)
        let rateZero = try configuration("level=TIMESTAMPS", "triton,file=a", "rate=0")
        #expect(rateZero.contradiction?.contains("rate=0") == true)
        #expect(try configuration("mode=opentelemetry", "level=TIMESTAMPS", "rate=0").contradiction == nil)
        let batch = try configuration("opentelemetry,bsp_max_queue_size=100")
        #expect(batch.contradiction?.contains("bsp_max_export_batch_size is 512") == true)
        for value in ["mode=opentelemetry", "triton,file=a"] {
            #expect(try configuration(value).notice?.contains("level=TIMESTAMPS") == true)
            #expect(try configuration(value, "level=OFF").notice == nil)
        }
    }

    // MARK: OpenTelemetry's variables

    @Test func `variables count in their mode only`() throws {
        let environment = ["OTEL_SERVICE_NAME": "x", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"]
        #expect(try configuration(environment: environment).options == TraceOptions())
    }

    @Test(arguments: [
        (["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:1"], "http://c:1/v1/traces"),
        (["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:1/"], "http://c:1/v1/traces"),
        (["OTEL_EXPORTER_OTLP_ENDPOINT": "https://c/base/"], "https://c/base/v1/traces"),
        (["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://c:1/x"], "http://c:1/x"),
        (["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://c:1"], "http://c:1/"),
        (
            ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:1", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://d:2/x"],
            "http://d:2/x"
        ), (["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": ""], "http://localhost:4318/v1/traces"),
    ]) func `the receiver is named as the specification says`(environment: [String: String], url: String) throws {
        #expect(try configuration("mode=opentelemetry", environment: environment).options.openTelemetry.url == url)
        let flag = "opentelemetry,url=http://flag/"
        let both = try configuration("mode=opentelemetry", flag, environment: environment)
        #expect(both.options.openTelemetry.url == "http://flag/")
    }

    @Test func `attributes, fields and times are taken`() throws {
        let environment = [
            "OTEL_SERVICE_NAME": "scores", "OTEL_RESOURCE_ATTRIBUTES": "service.name=no, host.name=a%20b ,k=v=w",
            "OTEL_EXPORTER_OTLP_HEADERS": "Authorization=Bearer%20x,b=2", "OTEL_EXPORTER_OTLP_TIMEOUT": "700",
            "OTEL_BSP_MAX_QUEUE_SIZE": "900", "OTEL_BSP_SCHEDULE_DELAY": "8", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "70",
        ]
        let telemetry = try configuration("mode=opentelemetry", environment: environment).options.openTelemetry
        #expect(
            telemetry.resource == [.init("service.name", "scores"), .init("host.name", "a b"), .init("k", "v=w")])
        #expect(telemetry.fields == [.init("Authorization", "Bearer x"), .init("b", "2")])
        #expect(telemetry.timeoutMilliseconds == 700 && telemetry.queueSize == 900)
        #expect(telemetry.scheduleDelayMilliseconds == 8 && telemetry.batchSize == 70)
        let alone = try configuration(
            "mode=opentelemetry", environment: ["OTEL_RESOURCE_ATTRIBUTES": "service.name=yes"])
        #expect(alone.options.openTelemetry.resource == [.init("service.name", "yes")])
        let flags = try configuration(
            "mode=opentelemetry", "opentelemetry,resource=service.name=flag", "opentelemetry,bsp_max_queue_size=800",
            environment: environment)
        #expect(flags.options.openTelemetry.resource.first?.value == "flag")
        #expect(flags.options.openTelemetry.queueSize == 800)
    }

    @Test func `a sampler says which requests begin a trace, unless a rate was given`() throws {
        let environment = ["OTEL_TRACES_SAMPLER": "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.25"]
        let options = try configuration("mode=opentelemetry", environment: environment).options
        #expect(options.setting.fraction == 0.25 && options.setting.rate == 4)
        #expect(options.openTelemetry.sampler.followsParent)
        let rated = try configuration("mode=opentelemetry", "rate=5", environment: environment).options
        #expect(rated.setting.fraction == nil && rated.setting.rate == 5)
        let off = try configuration("mode=opentelemetry", environment: ["OTEL_TRACES_SAMPLER": "always_off"]).options
        #expect(off.setting.fraction == 0 && off.setting.rate == 0 && !off.openTelemetry.sampler.followsParent)
    }

    @Test func `the SDK can be disabled`() throws {
        let environment = ["OTEL_SDK_DISABLED": "true"]
        let options = try configuration("mode=opentelemetry", "level=TIMESTAMPS", environment: environment).options
        #expect(!options.setting.isOn)
    }

    @Test(arguments: [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/json"), ("OTEL_TRACES_SAMPLER", "jaeger_remote"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "secret"), ("OTEL_EXPORTER_OTLP_TIMEOUT", "0"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "\(TracingLimits.timeoutMilliseconds.upperBound + 1)"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "x"), ("OTEL_RESOURCE_ATTRIBUTES", "a"),
    ]) func `a variable that cannot be used is named`(name: String, value: String) throws {
        let error = try #require(throws: TraceConfiguration.UnusableVariable.self) {
            try configuration("mode=opentelemetry", environment: [name: value])
        }
        #expect(error.name == name && !error.expected.isEmpty)
        #expect(error.value == (name.hasSuffix("HEADERS") ? "…" : value))
    }
}
