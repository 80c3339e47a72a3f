/// Triton's options that Rowan does not share: accepted where serving goes on as asked, and named at start; refused
/// where it would not.
///
/// - Source: `tritonserver --help` of Triton 2.6x; options that were removed there are not listed.
extension ServerOption {
    static let triton: [ServerOption] = allowed + levels + withoutEffect + refused + refusedIfOn

    /// Triton's way to switch a listener off, and its older name of the repository.
    private static let allowed = [
        ServerOption(
            "--allow-http", .triton, "whether --http-port counts (true)", .flag { if !$1 { $0.httpPort = .off } }),
        ServerOption(
            "--allow-grpc", .triton, "whether --grpc-port counts (true)", .flag { if !$1 { $0.grpcPort = .off } }),
        ServerOption(
            "--allow-metrics", .triton, "whether --metrics-port counts (true)",
            .flag { if !$1 { $0.metricsPort = .off } }),
        ServerOption(
            "--model-store", .triton, "the older name of --model-repository; may be repeated",
            .value(placeholder: "DIR", isRepeatable: true) { (options, value) throws(Unusable) in
                try appendRepository(value, to: &options)
            }),
    ]

    /// Triton's switches of single levels of the log.
    private static let levels = [
        ServerOption(
            "--log-verbose", .triton, "from 1 on lines of level debug, for each request and step of a load (0)",
            .value(placeholder: "N", isRepeatable: false) { (options, value) throws(Unusable) in
                options.logVerbose = try number(value, ServerOptionLimits.logVerbose, unit: "verbosity")
            }),
        ServerOption("--log-info", .triton, "lines of level info (as --log-level says)", .flag { $0.logInfo = $1 }),
        ServerOption(
            "--log-warning", .triton, "lines of level warning (as --log-level says)", .flag { $0.logWarning = $1 }),
        ServerOption("--log-error", .triton, "lines of level error (as --log-level says)", .flag { $0.logError = $1 }),
    ]

    static let withoutEffect: [ServerOption] = [
        ("no GPU is used", noGPU),
        ("backends are part of the program", ["--backend-config", "--backend-directory"]),
        ("the number of loops is that of --threads", ["--http-thread-count", "--buffer-manager-thread-count"]),
        ("models are loaded by as many threads as there are processors", ["--model-load-thread-count"]),
        ("loading is not tried again", ["--model-load-retry-count"]),
        ("no loop shares its port with another process", ["--reuse-http-port", "--reuse-grpc-port"]),
        ("what a configuration leaves open always comes from the model file", completion),
        ("answers are not cached", ["--cache-config", "--response-cache-byte-size"]),
        ("no cache is loaded", ["--cache-directory"]),
        ("no repository agent is loaded", ["--repoagent-directory"]),
        ("nothing reads forwarded headers", ["--http-header-forward-pattern", "--grpc-header-forward-pattern"]),
        ("executions have no resources to wait for", ["--rate-limit", "--rate-limit-resource"]),
        ("the server's id is its name", ["--id"]),
        ("calls of gRPC share threads, buffers and connections with HTTP", grpc),
    ].flatMap { reason, names in
        names.map { ServerOption($0, .elsewhere, "", .withoutEffect(reason: reason)) }
    }

    private static let noGPU = [
        "--allow-gpu-metrics", "--pinned-memory-pool-byte-size", "--cuda-memory-pool-byte-size",
        "--cuda-virtual-address-size", "--min-supported-compute-capability", "--model-load-gpu-limit", "--host-policy",
        "--enable-peer-access",
    ]

    private static let completion = ["--strict-model-config", "--disable-auto-complete-config"]

    private static let grpc = [
        "--grpc-infer-thread-count", "--grpc-infer-allocation-pool-size", "--grpc-max-response-pool-size",
        "--grpc-keepalive-time", "--grpc-keepalive-timeout", "--grpc-keepalive-permit-without-calls",
        "--grpc-http2-max-pings-without-data", "--grpc-http2-min-recv-ping-interval-without-data",
        "--grpc-http2-max-ping-strikes", "--grpc-max-connection-age", "--grpc-max-connection-age-grace",
    ]

    private static let refused: [ServerOption] = [
        ("it writes its log to standard error; redirect that", ["--log-file"]),
        ("it reads only config.pbtxt", ["--model-config-name"]),
        ("it has no endpoints for SageMaker", sageMaker),
        ("it has no endpoints for Vertex AI", vertexAI),
    ].flatMap { reason, names in
        names.map { ServerOption($0, .elsewhere, "", .refused(reason: reason)) }
    }

    /// Triton's own default of these is off, which scripts may spell out.
    static let refusedIfOn: [ServerOption] = [
        ("two models cannot share a name", ["--model-namespacing"]),
        ("it has no endpoints for SageMaker", ["--allow-sagemaker"]),
        ("it has no endpoints for Vertex AI", ["--allow-vertex-ai"]),
    ].flatMap { reason, names in
        names.map { ServerOption($0, .elsewhere, "", .refusedIfOn(reason: reason)) }
    }

    private static let sageMaker = [
        "--sagemaker-port", "--sagemaker-safe-port-range", "--sagemaker-thread-count",
    ]

    private static let vertexAI = [
        "--vertex-ai-port", "--vertex-ai-thread-count", "--vertex-ai-default-model",
    ]
}
