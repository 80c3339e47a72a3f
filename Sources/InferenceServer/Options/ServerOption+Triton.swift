/// Triton's options that Rowan does not share: accepted where serving goes on as asked, and named at start; refused
/// where it would not.
///
/// - Source: `tritonserver --help` of Triton 2.6x; options that were removed there are not listed.
extension ServerOption {
    static let triton: [ServerOption] = allowed + withoutEffect + refused

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

    static let withoutEffect: [ServerOption] = [
        ("no GPU is used", noGPU),
        ("backends are part of the program", ["--backend-config", "--backend-directory"]),
        ("the number of loops is that of --threads", ["--http-thread-count", "--buffer-manager-thread-count"]),
        ("the log is set by --log-level", ["--log-verbose", "--log-info", "--log-warning", "--log-error"]),
        ("models are loaded by as many threads as there are processors", ["--model-load-thread-count"]),
        ("loading is not tried again", ["--model-load-retry-count"]),
        ("no loop shares its port with another process", ["--reuse-http-port", "--reuse-grpc-port"]),
        ("what a configuration leaves open always comes from the model file", completion),
        ("answers are not cached", ["--cache-config", "--response-cache-byte-size"]),
        ("no cache is loaded", ["--cache-directory"]),
        ("no repository agent is loaded", ["--repoagent-directory"]),
        ("nothing reads forwarded headers", ["--http-header-forward-pattern", "--grpc-header-forward-pattern"]),
        ("executions have no resources to wait for", ["--rate-limit", "--rate-limit-resource"]),
        ("which series exist is fixed", ["--metrics-config", "--metrics-interval-ms", "--allow-cpu-metrics"]),
        ("the server's id is its name", ["--id"]),
        ("this version does not serve gRPC", grpc),
    ].flatMap { reason, names in
        names.map { ServerOption($0, .elsewhere, "", .withoutEffect(reason: reason)) }
    }

    private static let noGPU = [
        "--allow-gpu-metrics", "--pinned-memory-pool-byte-size", "--cuda-memory-pool-byte-size",
        "--cuda-virtual-address-size", "--min-supported-compute-capability", "--model-load-gpu-limit", "--host-policy",
    ]

    private static let completion = ["--strict-model-config", "--disable-auto-complete-config"]

    private static let grpc = [
        "--grpc-infer-thread-count", "--grpc-infer-allocation-pool-size", "--grpc-max-response-pool-size",
        "--grpc-infer-response-compression-level", "--grpc-keepalive-time", "--grpc-keepalive-timeout",
        "--grpc-keepalive-permit-without-calls", "--grpc-http2-max-pings-without-data",
        "--grpc-http2-min-recv-ping-interval-without-data", "--grpc-http2-max-ping-strikes",
        "--grpc-max-connection-age", "--grpc-max-connection-age-grace",
    ]

    private static let refused: [ServerOption] = [
        ("it writes its log to standard error; redirect that", ["--log-file"]),
        ("it does not speak TLS; put a proxy that does in front", tls),
        ("it cannot restrict endpoints; put a proxy that does in front", restriction),
        ("it does not trace", tracing),
        ("two models cannot share a name", ["--model-namespacing"]),
        ("it reads only config.pbtxt", ["--model-config-name"]),
        ("it has no shared memory with clients", ["--allow-client-shm"]),
        ("it has no endpoints for SageMaker", sageMaker),
        ("it has no endpoints for Vertex AI", vertexAI),
    ].flatMap { reason, names in
        names.map { ServerOption($0, .elsewhere, "", .refused(reason: reason)) }
    }

    private static let tls = [
        "--grpc-use-ssl", "--grpc-use-ssl-mutual", "--grpc-server-cert", "--grpc-server-key", "--grpc-root-cert",
    ]

    private static let restriction = ["--http-restricted-api", "--grpc-restricted-protocol"]

    private static let tracing = [
        "--trace-config", "--trace-file", "--trace-level", "--trace-rate", "--trace-count", "--trace-log-frequency",
    ]

    private static let sageMaker = [
        "--allow-sagemaker", "--sagemaker-port", "--sagemaker-safe-port-range", "--sagemaker-thread-count",
    ]

    private static let vertexAI = [
        "--allow-vertex-ai", "--vertex-ai-port", "--vertex-ai-thread-count", "--vertex-ai-default-model",
    ]
}
