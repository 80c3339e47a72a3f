import TestSupport
import ModelRepository
import RequestTracing
import Testing
import TreeEnsembles

@testable import InferenceServer

@Suite struct ServerOptionsParserTests {
    private let repository = ["--model-repository", "models"]

    private func options(_ arguments: String..., environment: [String: String] = [:]) throws -> ServerOptions {
        try ServerOptionsParser.parse(repository + arguments, environment: environment)
    }

    private func fault(_ arguments: String..., environment: [String: String] = [:]) throws -> OptionFault {
        try #require(throws: OptionFault.self) {
            _ = try ServerOptionsParser.parse(repository + arguments, environment: environment)
        }
    }

    @Test func `defaults are those of Triton`() throws {
        var expected = ServerOptions()
        expected.modelRepositories = ["models"]
        let options = try options()
        #expect(options == expected)
        #expect(options.httpPort == .number(8000) && options.grpcPort == .number(8001))
        #expect(options.metricsPort == .number(8002) && options.exitTimeoutSeconds == 30)
        #expect(options.exitOnError && options.strictReadiness && options.httpMaxInputSize == 64 << 20)
    }

    @Test func `every option changes its field`() throws {
        let options = try ServerOptionsParser.parse([
            "--model-repository", "a", "--model-repository=b", "--model", "fraud=/m/f=1.json", "--http-address",
            "127.0.0.1", "--http-port", "0", "--grpc-port=9001", "--metrics-address", "::1", "--metrics-port", "-1",
            "--model-control-mode", "explicit", "--repository-poll-secs", "4", "--load-model", "fraud",
            "--load-model=other", "--admin-token-file", "/t", "--exit-on-error=false", "--strict-readiness", "off",
            "--http-max-input-size", "2048", "--http2-max-concurrent-streams", "7", "--http2-max-resets-per-second=8",
            "--grpc-infer-response-compression-level", "medium", "--http2-max-control-frames-per-second", "9",
            "--max-unread-answer-bytes", "20000000", "--allow-client-shm", "--threads", "3", "--isa", "v3",
            "--exit-timeout-secs", "5",
            "--drain-delay-secs=7", "--log-level", "debug", "--log-format=json", "--access-log",
        ])
        var expected = ServerOptions()
        expected.modelRepositories = ["a", "b"]
        expected.models = [ServerOptions.NamedModel(name: "fraud", path: "/m/f=1.json")]
        expected.httpAddress = "127.0.0.1"
        expected.httpPort = .any
        expected.grpcAddress = "127.0.0.1"
        expected.grpcPort = .number(9001)
        expected.metricsAddress = "::1"
        expected.metricsPort = .off
        expected.modelControlMode = .explicit
        expected.repositoryPollSeconds = 4
        expected.loadModels = ["fraud", "other"]
        expected.adminTokenFile = "/t"
        expected.exitOnError = false
        expected.strictReadiness = false
        expected.httpMaxInputSize = 2_048
        expected.maxUnreadAnswerBytes = 20_000_000
        expected.http2MaxConcurrentStreams = 7
        expected.http2MaxResetsPerSecond = 8
        expected.http2MaxControlFramesPerSecond = 9
        expected.grpcCompressionLevel = .medium
        expected.allowClientSharedMemory = true
        expected.threads = 3
        expected.instructionSetLimit = .v3
        expected.exitTimeoutSeconds = 5
        expected.drainDelaySeconds = 7
        expected.logLevel = .debug
        expected.logFormat = .json
        expected.accessLog = true
        #expect(options == expected)
    }

    @Test func `every option also has a variable and a flag wins over it`() throws {
        let environment = ["ROWAN_HTTP_PORT": "9000", "ROWAN_THREADS": "2", "PATH": "/bin"]
        let options = try options("--threads", "4", environment: environment)
        #expect(options.httpPort == .number(9000) && options.threads == 4 && options.notices.isEmpty)
        let alone = try ServerOptionsParser.parse([], environment: ["ROWAN_MODEL_REPOSITORY": "models"])
        #expect(alone.modelRepositories == ["models"])
        let replaced = try self.options(environment: ["ROWAN_MODEL_REPOSITORY": "other"])
        #expect(replaced.modelRepositories == ["models"])
    }

    @Test func `a variable without an option is named, not obeyed and not fatal`() throws {
        let options = try options(environment: [
            "ROWAN_HTP_PORT": "9000", "ROWAN_SERVICE_HOST": "10.0.0.1", "ROWAN_BINARY": "x",
        ])
        #expect(
            options.notices == [
                "the variable ROWAN_HTP_PORT belongs to no option and has no effect; did you mean ROWAN_HTTP_PORT?"
            ])
    }

    @Test(arguments: [
        ("--http-prot", "--http-port"), ("--model-repositry", "--model-repository"), ("--thread", "--threads"),
        ("--log_level", "--log-level"), ("--acess-log=true", "--access-log"),
    ])
    func `an unknown option is a usage error that names the nearest one`(given: String, nearest: String) throws {
        let fault = try fault(given, "1")
        let name = String(given.prefix { $0 != "=" })
        #expect(fault == .unknownOption(name, nearest: nearest))
        #expect(fault.exitCode == 2)
        #expect(fault.message.contains("did you mean \(nearest)?"))
    }

    @Test func `an unknown option like no other is refused without a guess`() throws {
        #expect(try fault("--frobnicate-everything") == .unknownOption("--frobnicate-everything", nearest: nil))
    }

    @Test(arguments: [
        ["--http-port", "80x"], ["--http-port", "65536"], ["--http-port", "-2"], ["--http-port", ""],
        ["--http-port", "+80"], ["--http-port", " 80"], ["--metrics-port", "99999999999999999999"],
        ["--http-address", ""], ["--http-address", "localhost"], ["--threads", "9999999999999999999"], ["--isa", "v5"],
        ["--log-level", "loud"], ["--log-format", "xml"],
        ["--exit-on-error=perhaps"], ["--load-model", "a/b"], ["--load-model", ""], ["--admin-token-file", ""],
        ["--model-control-mode", "never"], ["--model-repository", "s3:///models"], ["--model-repository", ""],
        ["--model", "nameless"], ["--model", "=path"], ["--model", "name="], ["--model", "a/b=path"],
        ["--model", ".a=path"], ["--model-repository", "models"],
        ["--model", String(repeating: "n", count: 201) + "=path"],
    ])
    func `a value that cannot be used is a fault that names option, value and remedy`(arguments: [String]) throws {
        let fault = try #require(throws: OptionFault.self) {
            _ = try ServerOptionsParser.parse(repository + arguments)
        }
        guard case .unusableValue(let source, _, let expected) = fault else {
            Issue.record("\(fault)")
            return
        }
        #expect(arguments[0].hasPrefix(source))
        #expect(!expected.isEmpty && fault.exitCode == 1)
        #expect(fault.message.hasPrefix("\(source) is \"") && fault.message.hasSuffix("."))
    }

    @Test(arguments: [
        ("--threads", ServerOptionLimits.threads), ("--http-max-input-size", ServerOptionLimits.httpMaxInputByteCount),
        ("--max-unread-answer-bytes", ServerOptionLimits.unreadAnswerByteCount),
        ("--http2-max-concurrent-streams", ServerOptionLimits.http2ConcurrentStreams),
        ("--http2-max-resets-per-second", ServerOptionLimits.http2EventsPerSecond),
        ("--http2-max-control-frames-per-second", ServerOptionLimits.http2EventsPerSecond),
        ("--exit-timeout-secs", ServerOptionLimits.exitTimeoutSeconds),
        ("--drain-delay-secs", ServerOptionLimits.drainDelaySeconds),
        ("--repository-poll-secs", ServerOptionLimits.repositoryPollSeconds), ("--http-port", -1...65_535),
    ])
    func `the ends of each range are accepted and what lies beyond is not`(
        option: String, range: ClosedRange<Int>
    ) throws {
        for end in [range.lowerBound, range.upperBound] where option != "--http-port" || end > 0 {
            _ = try options(option, "\(end)")
        }
        for beyond in [range.lowerBound - 1, range.upperBound + 1] {
            guard case .unusableValue(option, "\(beyond)", let expected) = try fault(option, "\(beyond)") else {
                Issue.record("\(option) \(beyond)")
                continue
            }
            #expect(expected.contains("\(range.upperBound)"))
        }
    }

    @Test func `models are named only where they are loaded on request`() throws {
        #expect(try options("--model-control-mode=poll").modelsLoadedAtStart == nil)
        #expect(try options("--model-control-mode=explicit").modelsLoadedAtStart == [])
        #expect(try options("--model-control-mode=explicit", "--load-model=a").modelsLoadedAtStart == ["a"])
        #expect(try options("--model-control-mode=explicit", "--load-model=*").modelsLoadedAtStart == nil)
        for words in [["--load-model=a"], ["--model-control-mode=explicit", "--load-model=a", "--load-model=*"]] {
            let fault = try #require(throws: OptionFault.self) {
                _ = try ServerOptionsParser.parse(repository + words)
            }
            guard case .contradiction = fault else {
                Issue.record("\(fault)")
                continue
            }
        }
    }

    @Test func `a name of the greatest length is accepted`() throws {
        _ = try options("--model", String(repeating: "n", count: 200) + "=path")
    }

    @Test func `levels of the log are switched one by one, beside the least level`() throws {
        let settings = try options("--log-level=error", "--log-info", "--log-error=false", "--log-verbose=3")
            .logSettings
        #expect(settings.writesInfo && !settings.writesWarnings && !settings.writesErrors)
        #expect(settings.verboseLevel == 3 && !settings.writesAccess)
        let debug = try options("--log-level=debug", "--access-log", "--log-warning=false").logSettings
        #expect(debug.verboseLevel == 1 && debug.writesInfo && debug.writesAccess && !debug.writesWarnings)
        _ = try options("--log-verbose", "\(ServerOptionLimits.logVerbose.upperBound)")
        for value in ["-1", "2147483648", "x"] {
            guard case .unusableValue = try fault("--log-verbose", value) else {
                Issue.record("\(value) was taken")
                continue
            }
        }
    }

    @Test func `traces are told by Triton's option, its older ones, and variables`() throws {
        let words = ["--trace-config", "level=TIMESTAMPS", "--trace-rate=9", "--trace-config=triton,file=t"]
        let tracing = try options(words[0], words[1], words[2], words[3]).tracing.options
        #expect(tracing.setting.isOn && tracing.setting.rate == 9 && tracing.file == "t")
        // The newer option wins, wherever it stands.
        #expect(try options("--trace-config=rate=5", "--trace-rate=9").tracing.options.setting.rate == 5)
        #expect(try options("--trace-file", "t", "--trace-level=OFF").tracing.options.file == "t")
        let environment = [
            "ROWAN_TRACE_CONFIG": "mode=opentelemetry", "ROWAN_TRACE_LEVEL": "TIMESTAMPS",
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:1",
        ]
        let variables = try options(environment: environment).tracing.options
        #expect(variables.mode == .openTelemetry && variables.setting.isOn)
        #expect(variables.openTelemetry.url == "http://c:1/v1/traces")
        #expect(try options("--trace-config=mode=opentelemetry").notices.contains { $0.contains("nothing is traced") })
        guard case .unusableValue("--trace-config", "rate=x", _) = try fault("--trace-config", "rate=x") else {
            Issue.record("a rate that is no number was taken")
            return
        }
        guard case .contradiction = try fault("--trace-config=level=TIMESTAMPS") else {
            Issue.record("a level without a place for traces was taken")
            return
        }
        let refused = #expect(throws: OptionFault.self) {
            try ServerOptionsParser.parse(
                repository + ["--trace-config=mode=opentelemetry"],
                environment: ["OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"])
        }
        guard case .unusableValue("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", _)? = refused else {
            Issue.record("\(String(describing: refused))")
            return
        }
    }

    @Test(arguments: ["--model-config-name", "--log-file"])
    func `an option whose absence would change what is served is refused with the reason`(name: String) throws {
        let fault = try fault(name, "x")
        guard case .notInThisVersion(name, let reason) = fault else {
            Issue.record("\(fault)")
            return
        }
        #expect(!reason.isEmpty && fault.exitCode == 2)
    }

    @Test(arguments: ["--model-namespacing", "--allow-sagemaker", "--allow-vertex-ai"])
    func `what Triton has switched off by default may be said, and not switched on`(name: String) throws {
        #expect(try options("\(name)=false") == options())
        for on in [name, "\(name)=true"] {
            guard case .notInThisVersion(name, _) = try fault(on) else {
                Issue.record("\(on) was taken")
                continue
            }
        }
    }

    @Test func `Triton's forms of time are forms of the log`() throws {
        #expect(try options("--log-format=ISO8601").logSettings.timeForm == .seconds)
        #expect(try options("--log-format", "default").logFormat == .text)
    }

    @Test func `Triton's settings of metrics are obeyed, or named with the reason`() throws {
        let plain = try options()
        #expect(plain.counterLatencies && plain.cpuMetrics && plain.metricsIntervalMilliseconds == 2_000)
        #expect(!plain.unreadyWhenOverloaded)
        #expect(try options("--unready-when-overloaded").unreadyWhenOverloaded)
        #expect(try !options("--allow-cpu-metrics=false").cpuMetrics)
        #expect(try options("--metrics-interval-ms", "250").metricsIntervalMilliseconds == 250)
        let set = try options(
            "--metrics-config", "counter_latencies=false", "--metrics-config", "histogram_latencies=true",
            "--metrics-config=summary_latencies=true", "--metrics-config", "summary_quantiles=0.5:0.05,0.9:0.01")
        #expect(!set.counterLatencies)
        let notices = set.notices.filter { $0.hasPrefix("--metrics-config") }
        #expect(notices.count == 3 && notices.allSatisfy { $0.contains("has no effect: ") })
        let same = try options("--metrics-config", "histogram_latencies=false", "--metrics-config=counter_latencies=1")
        #expect(same == plain)
    }

    @Test func `settings of metrics that cannot be used are refused with what can be`() throws {
        for value in [
            "", "counter_latencies", "counter_latencies=", "counter_latencies=2", "counters=true", "=true",
            "summary_quantiles=", "summary_quantiles=0.5", "summary_quantiles=0.5:2", "summary_quantiles=a:b",
            "summary_quantiles=0.5:0.1,",
        ] {
            guard
                case .unusableValue(source: "--metrics-config", value: value, _) = try fault("--metrics-config", value)
            else {
                Issue.record("\(value) is accepted")
                continue
            }
        }
        let range = ServerOptionLimits.metricsIntervalMilliseconds
        for value in ["+500", "1s", "\(range.lowerBound - 1)", "\(range.upperBound + 1)"] {
            #expect(try fault("--metrics-interval-ms", value).exitCode == 1, "\(value)")
        }
    }

    @Test func `no option without an effect goes unnamed`() throws {
        for option in ServerOption.all {
            guard case .withoutEffect = option.effect else { continue }
            #expect(try options(option.name, "1", "--grpc-port=-1").notices.count == 1, "\(option.name)")
            #expect(try options("\(option.name)=false", "--allow-grpc=0").notices.count == 1, "\(option.name)")
        }
    }

    @Test func `values follow a blank or an equals sign, also those that begin with a dash`() throws {
        #expect(try options("--metrics-port", "-1") == options("--metrics-port=-1"))
        #expect(try options("--exit-on-error", "0") == options("--exit-on-error=false"))
        #expect(try options("--exit-on-error", "--access-log").accessLog)
    }

    @Test func `words that belong to no option and options without a value are usage errors`() throws {
        #expect(try fault("stray") == .unexpectedArgument("stray", command: "serve"))
        #expect(try fault("--access-log", "stray") == .unexpectedArgument("stray", command: "serve"))
        #expect(try fault("-p") == .unexpectedArgument("-p", command: "serve"))
        #expect(try fault("--") == .unexpectedArgument("--", command: "serve"))
        #expect(try fault("--http-port") == .missingValue(option: "--http-port", placeholder: "PORT"))
    }

    @Test func `an option given twice is refused unless it is repeatable or says the same`() throws {
        guard case .contradiction = try fault("--threads", "1", "--threads", "2") else {
            Issue.record("accepted")
            return
        }
        #expect(try options("--threads", "1", "--threads", "1").threads == 1)
    }

    @Test(arguments: ["--model-store", "--model-repository"])
    func `a repository is named once, under either of its names`(name: String) throws {
        #expect(try options(name, "b").modelRepositories.sorted() == ["b", "models"])
        #expect(try fault(name, "models").message.hasSuffix("give each repository once."))
        #expect(try options(name, "s3://bucket").modelRepositories.contains("s3://bucket"))
        #expect(try fault(name, "gs://bucket").message.contains("there is no other store"))
    }

    @Test func `nothing to serve is a fault`() throws {
        let fault = try #require(throws: OptionFault.self) { _ = try ServerOptionsParser.parse([]) }
        #expect(fault == .nothingToServe && fault.exitCode == 1)
    }

    @Test(arguments: [("http", "grpc"), ("http", "metrics"), ("grpc", "metrics")])
    func `two listeners cannot share a port of one address`(one: String, other: String) throws {
        guard case .contradiction(let sentence) = try fault("--\(one)-port", "9000", "--\(other)-port", "9000") else {
            Issue.record("accepted")
            return
        }
        #expect(sentence.hasPrefix("--\(one)-port and --\(other)-port are both 9000"))
    }

    @Test func `listeners may share a port of different addresses`() throws {
        _ = try options("--http-port", "0", "--metrics-port", "0")
        _ = try options(
            "--http-port", "9000", "--metrics-port", "9000", "--http-address", "127.0.0.1", "--metrics-address",
            "127.0.0.2")
    }

    @Test func `Triton's switches close their listener whatever port is named`() throws {
        #expect(try options("--allow-metrics=false", "--metrics-port", "9000").metricsPort == .off)
        #expect(try options("--allow-metrics", "true", "--metrics-port", "9000").metricsPort == .number(9000))
        #expect(try options("--allow-http=0").httpPort == .off)
        guard case .contradiction = try fault("--allow-http=0", "--allow-grpc=0") else {
            Issue.record("accepted")
            return
        }
    }

    @Test func `a port that Kubernetes put into the environment is explained`() throws {
        let fault = try fault(environment: ["ROWAN_HTTP_PORT": "tcp://10.0.0.1:8000"])
        #expect(fault.message.hasPrefix("ROWAN_HTTP_PORT is ") && fault.message.contains("enableServiceLinks"))
    }

    @Test func `gRPC and metrics stand on HTTP's address unless they have one`() throws {
        #expect(try options("--http-address", "127.0.0.1").grpcAddress == "127.0.0.1")
        #expect(try options("--http-address", "127.0.0.1", "--grpc-address", "::1").grpcAddress == "::1")
        #expect(try options("--http-address", "127.0.0.1").metricsAddress == "127.0.0.1")
        #expect(try options("--http-address", "127.0.0.1", "--metrics-address", "::").metricsAddress == "::")
    }

    @Test func `no line of words makes the parser trap`() {
        var generator = SeededGenerator.forTest()
        let pieces =
            ServerOption.all.map(\.name) + ["=", "0", "-1", "true", "models", "", "--", "a=b", "\u{1B}[2J", "=x"]
        for _ in 0..<100 {
            let words = (0..<generator.int(in: 0...6)).map { _ in
                generator.element(of: pieces) + (generator.chance(oneIn: 3) ? generator.element(of: pieces) : "")
            }
            do {
                _ = try ServerOptionsParser.parse(words, environment: ["ROWAN_\(words.first ?? "")": "1"])
            } catch {
                #expect(error.message.unicodeScalars.allSatisfy { $0.value >= 0x20 })
                #expect([1, 2].contains(error.exitCode))
            }
        }
    }
}
