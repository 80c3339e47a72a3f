import DurableState
import LinuxSystem
import ModelRepository

/// The options that have an effect.
extension ServerOption {
    static let own: [ServerOption] =
        models + listening + access + security + resources + ending + logging + tracing + monitoring

    private static let models = [
        ServerOption(
            "--model-repository", .models, "directory of models, or s3://bucket/prefix; may be repeated",
            .value(placeholder: "DIR", isRepeatable: true) { (options, value) throws(Unusable) in
                try appendRepository(value, to: &options)
            }),
        ServerOption(
            "--model", .models, "one model file or version directory under a name of its own; may be repeated",
            .value(placeholder: "NAME=PATH", isRepeatable: true) { (options, value) throws(Unusable) in
                try appendModel(value, to: &options)
            }),
        ServerOption(
            "--model-control-mode", .models,
            "when models are loaded: none (only at start), poll or explicit (none)",
            .value(placeholder: "MODE", isRepeatable: false) { (options, value) throws(Unusable) in
                options.modelControlMode = try choice(value)
            }),
        ServerOption(
            "--repository-poll-secs", .models,
            "how often repositories are looked at, whatever the kernel says (15)",
            .value(placeholder: "SECONDS", isRepeatable: false) { (options, value) throws(Unusable) in
                options.repositoryPollSeconds = try number(
                    value, ServerOptionLimits.repositoryPollSeconds, unit: "seconds")
            }),
        ServerOption(
            "--load-model", .models, "in mode explicit, a model to load at start, or *; may be repeated",
            .value(placeholder: "NAME", isRepeatable: true) { (options, value) throws(Unusable) in
                guard value == "*" || ModelName.isSafe(value) else {
                    throw Unusable(expected: "the name of a model's directory, or * for all")
                }
                options.loadModels.append(value)
            }),
        ServerOption(
            "--data-directory", .models,
            "where state, predictions and copies of s3:// repositories are kept (none are)",
            .value(placeholder: "DIR", isRepeatable: false) { (options, value) throws(Unusable) in
                guard !value.isEmpty else { throw Unusable(expected: "a directory") }
                options.dataDirectory = value
            }),
        ServerOption(
            "--state-url", .models, "database of PostgreSQL that keeps state for several servers (none)",
            .value(placeholder: "URL", isRepeatable: false) { (options, value) throws(Unusable) in
                do throws(StateFault) {
                    _ = try StateLocation(url: value)
                } catch {
                    throw Unusable(expected: "postgresql://user@host/name (\(error))")
                }
                options.stateURL = value
            }, holdsSecret: true),
        ServerOption(
            "--starter-knowledge", .models,
            "runbooks that a new store begins with, or none (knowledge beside the repository)",
            .value(placeholder: "DIR", isRepeatable: false) { (options, value) throws(Unusable) in
                guard !value.isEmpty else { throw Unusable(expected: "a directory, or none") }
                options.starterKnowledge = value
            }),
        ServerOption(
            "--exit-on-error", .models, "end at start when a model cannot be loaded (true)",
            .flag { $0.exitOnError = $1 }),
        ServerOption(
            "--strict-readiness", .models, "be ready only while every model is (true)",
            .flag { $0.strictReadiness = $1 }),
    ]

    private static let listening = [
        ServerOption(
            "--http-address", .listening, "address for HTTP (0.0.0.0)",
            .value(placeholder: "ADDRESS", isRepeatable: false) { (options, value) throws(Unusable) in
                options.httpAddress = try address(value)
            }),
        ServerOption(
            "--http-port", .listening, "port for HTTP; 0: any free one, -1: none (8000)",
            .value(placeholder: "PORT", isRepeatable: false) { (options, value) throws(Unusable) in
                options.httpPort = try port(value)
            }),
        ServerOption(
            "--grpc-address", .listening, "address for gRPC (that of HTTP)",
            .value(placeholder: "ADDRESS", isRepeatable: false) { (options, value) throws(Unusable) in
                options.grpcAddress = try address(value)
            }),
        ServerOption(
            "--grpc-port", .listening, "port for gRPC; 0: any free one, -1: none (8001)",
            .value(placeholder: "PORT", isRepeatable: false) { (options, value) throws(Unusable) in
                options.grpcPort = try port(value)
            }),
        ServerOption(
            "--metrics-address", .listening, "address for metrics (that of HTTP)",
            .value(placeholder: "ADDRESS", isRepeatable: false) { (options, value) throws(Unusable) in
                options.metricsAddress = try address(value)
            }),
        ServerOption(
            "--metrics-port", .listening, "port for metrics; 0: any free one, -1: none (8002)",
            .value(placeholder: "PORT", isRepeatable: false) { (options, value) throws(Unusable) in
                options.metricsPort = try port(value)
            }),
        ServerOption(
            "--http-max-input-size", .listening,
            "largest request body or gRPC message in bytes, also after decompression (67108864)",
            .value(placeholder: "BYTES", isRepeatable: false) { (options, value) throws(Unusable) in
                options.httpMaxInputSize = try number(
                    value, ServerOptionLimits.httpMaxInputByteCount, unit: "bytes")
            }),
        ServerOption(
            "--max-unread-answer-bytes", .listening,
            "answers that may wait for clients, of all connections (268435456)",
            .value(placeholder: "BYTES", isRepeatable: false) { (options, value) throws(Unusable) in
                options.maxUnreadAnswerBytes = try number(
                    value, ServerOptionLimits.unreadAnswerByteCount, unit: "bytes")
            }),
        ServerOption(
            "--http2-max-concurrent-streams", .listening,
            "open requests of one connection of HTTP/2 (128)",
            .value(placeholder: "N", isRepeatable: false) { (options, value) throws(Unusable) in
                options.http2MaxConcurrentStreams = try number(
                    value, ServerOptionLimits.http2ConcurrentStreams, unit: "streams")
            }),
        ServerOption(
            "--http2-max-resets-per-second", .listening,
            "requests per second that a connection of HTTP/2 may take back (128)",
            .value(placeholder: "N", isRepeatable: false) { (options, value) throws(Unusable) in
                options.http2MaxResetsPerSecond = try number(
                    value, ServerOptionLimits.http2EventsPerSecond, unit: "requests")
            }),
        ServerOption(
            "--http2-max-control-frames-per-second", .listening,
            "other frames per second that one may send (1024)",
            .value(placeholder: "N", isRepeatable: false) { (options, value) throws(Unusable) in
                options.http2MaxControlFramesPerSecond = try number(
                    value, ServerOptionLimits.http2EventsPerSecond, unit: "frames")
            }),
        ServerOption(
            "--grpc-infer-response-compression-level", .listening,
            "compression of gRPC answers: none, low, medium or high (none)",
            .value(placeholder: "LEVEL", isRepeatable: false) { (options, value) throws(Unusable) in
                options.grpcCompressionLevel = try choice(value)
            }),
        ServerOption(
            "--allow-client-shm", .listening,
            "whether this machine's clients may register shared memory for tensors (false)",
            .flag { $0.allowClientSharedMemory = $1 }),
    ]

    private static let resources = [
        ServerOption(
            "--threads", .resources, "event loops (one per core that the process may use)",
            .value(placeholder: "N", isRepeatable: false) { (options, value) throws(Unusable) in
                options.threads = try number(value, ServerOptionLimits.threads, unit: "event loops")
            }),
        ServerOption(
            "--isa", .resources,
            "highest instruction set of the kernels: baseline, v3, v4 or vbmi (the best one found)",
            .value(placeholder: "SET", isRepeatable: false) { (options, value) throws(Unusable) in
                options.instructionSetLimit = try choice(value)
            }),
    ]

    private static let ending = [
        ServerOption(
            "--exit-timeout-secs", .ending, "how long requests in flight may take after SIGTERM (30)",
            .value(placeholder: "SECONDS", isRepeatable: false) { (options, value) throws(Unusable) in
                options.exitTimeoutSeconds = try number(
                    value, ServerOptionLimits.exitTimeoutSeconds, unit: "seconds")
            }),
        ServerOption(
            "--drain-delay-secs", .ending, "how long connections are still accepted after SIGTERM (0)",
            .value(placeholder: "SECONDS", isRepeatable: false) { (options, value) throws(Unusable) in
                options.drainDelaySeconds = try number(
                    value, ServerOptionLimits.drainDelaySeconds, unit: "seconds")
            }),
    ]

    private static let logging = [
        ServerOption(
            "--log-level", .logging, "least level that is written: debug, info, warning or error (info)",
            .value(placeholder: "LEVEL", isRepeatable: false) { (options, value) throws(Unusable) in
                options.logLevel = try choice(value)
            }),
        ServerOption(
            "--log-format", .logging, "text for people, json for machines; or Triton's default, ISO8601 (text)",
            .value(placeholder: "FORMAT", isRepeatable: false) { (options, value) throws(Unusable) in
                if let form = LogSettings.TimeForm(rawValue: value) {
                    options.logTimeForm = form
                } else {
                    options.logFormat = try choice(value)
                }
            }),
        ServerOption(
            "--access-log", .logging, "write a line for each request (false)", .flag { $0.accessLog = $1 }),
    ]

    /// Adds a directory of models.
    static func appendRepository(_ value: String, to options: inout ServerOptions) throws(Unusable) {
        guard !value.isEmpty else { throw Unusable(expected: "a directory") }
        if ObjectStoreLocation.isMeant(by: value) {
            do throws(ObjectStoreFault) {
                _ = try ObjectStoreLocation(value)
            } catch {
                throw Unusable(expected: "s3://bucket/prefix or s3://https://host:port/bucket/prefix (\(error))")
            }
        } else if value.contains("://") {
            throw Unusable(expected: "a directory of this machine or s3://bucket/prefix; there is no other store")
        }
        guard !options.modelRepositories.contains(value) else {
            throw Unusable(expected: "each repository once")
        }
        options.modelRepositories.append(value)
    }

    private static func appendModel(_ value: String, to options: inout ServerOptions) throws(Unusable) {
        guard let equals = value.firstIndex(of: "=") else {
            throw Unusable(expected: "a name and a path, as in fraud=/models/fraud.json")
        }
        let name = String(value[..<equals])
        let path = String(value[value.index(after: equals)...])
        guard ModelName.isSafe(name) else {
            throw Unusable(
                expected:
                    "before the equals sign a name of at most 200 bytes without slashes and control characters that "
                    + "does not begin with a dot")
        }
        guard !path.isEmpty else { throw Unusable(expected: "a path behind the equals sign") }
        guard !options.models.contains(where: { $0.name == name }) else {
            throw Unusable(expected: "each model name once")
        }
        options.models.append(ServerOptions.NamedModel(name: name, path: path))
    }

    private static func address(_ value: String) throws(Unusable) -> String {
        guard SocketAddress(value, port: 0) != nil else {
            throw Unusable(expected: "an IPv4 or IPv6 address, as in 127.0.0.1 or ::")
        }
        return value
    }

    private static func port(_ value: String) throws(Unusable) -> ServerOptions.ListeningPort {
        guard !value.hasPrefix("tcp://") else {
            throw Unusable(
                expected: "a port number; this value looks like one that Kubernetes derives from a service's name, "
                    + "which enableServiceLinks: false in the pod's specification prevents")
        }
        guard let number = integer(value), (-1...65_535).contains(number) else {
            throw Unusable(expected: "a port from 1 to 65535, 0 for any free one or -1 for none")
        }
        switch number {
        case -1: return .off
        case 0: return .any
        default: return .number(UInt16(number))
        }
    }

    /// A whole number of a range.
    static func number(_ value: String, _ range: ClosedRange<Int>, unit: String) throws(Unusable) -> Int {
        guard let number = integer(value), range.contains(number) else {
            throw Unusable(expected: "a whole number of \(unit) from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A whole number as people write it: digits and perhaps a minus sign, no plus sign and no leading blank.
    private static func integer(_ value: String) -> Int? {
        value.hasPrefix("+") ? nil : Int(value)
    }

    private static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ value: String
    ) throws(Unusable) -> Choice {
        guard let choice = Choice(rawValue: value) else {
            throw Unusable(expected: Choice.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return choice
    }
}
