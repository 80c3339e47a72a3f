// swift-tools-version: 6.3
//
// Targets stand in layers, lowest first; arrows point only downward and modules of one layer never import each
// other. `--explicit-target-dependency-import-check error` and Tests/TidyTests hold this file to that.
import PackageDescription

/// Settings of every Swift target: language mode 6, no unmarked unsafe code, no warning left standing.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    // Loops own their objects alone, and debug builds, which run all tests, still check every access: the run-time
    // checks of exclusive access were 17 % of a request's instructions.
    .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

/// `Lifetimes` lets functions return spans; only the module that owns raw memory may use it.
let memoryOwner: [SwiftSetting] = strict + [.enableExperimentalFeature("Lifetimes")]

/// What the Makefile tells the program about its own build; a plain `swift build` leaves it out.
let buildFacts: [CSetting] = ["COMMIT", "COMPILER"].compactMap { name in
    Context.environment["BUILD_\(name)"].map { .define("ROWAN_\(name)", to: "\"\($0)\"") }
}

/// The kernels of forests and of text encoders: sources compiled once per instruction set, through symbolic links.
///
/// Floating-point contraction stays off so that sums equal the trainer's; encoders say where they want it.
func kernelTarget(_ name: String, instructionSet: String, extensions: [String] = []) -> Target {
    let flags = ["-march=\(instructionSet)"] + extensions.map { "-m\($0)" } + ["-ffp-contract=off"]
    return .target(
        name: name, dependencies: ["CVectorPrimitives"],
        swiftSettings: strict + [
            .unsafeFlags(flags.flatMap { ["-Xcc", $0] }),
            // Generic code that is not specialised is so slow that the tests of explanations took over ten minutes.
            .unsafeFlags(["-O", "-whole-module-optimization", "-num-threads", "1"], .when(configuration: .debug)),
        ])
}

/// The program that a fuzzer drives; it has no `main` of its own, so that only `.ci/fuzz` can link it.
let fuzzDriver: [Target] =
    Context.environment["FUZZ_DRIVER"] == nil
    ? []
    : [
        .executableTarget(
            name: "FuzzDriver", dependencies: ["FuzzTargets"], path: "Tests/Fuzzing/Driver",
            swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])])
    ]

func unitTests(_ module: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .testTarget(
        name: "\(module)Tests",
        dependencies: module == "TestSupport"
            ? ["TestSupport"] : [.target(name: module), "TestSupport"] + dependencies,
        exclude: exclude, swiftSettings: strict)
}

let package = Package(
    name: "rowan",
    products: [.executable(name: "rowan", targets: ["rowan"])],
    traits: [
        .default(enabledTraits: ["Jemalloc"]),
        .trait(name: "Jemalloc", description: "Allocate with jemalloc. Off under sanitizers, which bring their own."),
    ],
    targets: [
        // Layer 0: module maps and the few lines that Swift cannot say.
        .target(name: "CShims"),
        .target(name: "CBuildFacts", cSettings: buildFacts),
        .target(name: "CCurl"),
        .target(name: "CFastFloat"),
        .target(name: "CPostgres"),
        .target(name: "COpenSSL"),
        .target(name: "CVectorPrimitives"),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CNghttp2", providers: [.apt(["libnghttp2-dev"])]),
        .systemLibrary(name: "CJemalloc", providers: [.apt(["libjemalloc-dev"])]),

        // Layer 1
        .target(name: "LinuxSystem", dependencies: ["CShims"], swiftSettings: memoryOwner),
        .target(name: "JSONSyntax", dependencies: ["CFastFloat"], swiftSettings: strict),
        kernelTarget("TreeKernels", instructionSet: "x86-64-v2"),
        kernelTarget("TreeKernelsAVX2", instructionSet: "x86-64-v3"),
        kernelTarget("TreeKernelsAVX512", instructionSet: "x86-64-v4"),
        kernelTarget("TreeKernelsAVX512VBMI", instructionSet: "x86-64-v4", extensions: ["avx512vbmi"]),
        kernelTarget("TextKernels", instructionSet: "x86-64-v2"),
        kernelTarget("TextKernelsAVX2", instructionSet: "x86-64-v3"),
        kernelTarget("TextKernelsAVX512", instructionSet: "x86-64-v4"),

        // Layer 2
        .target(
            name: "AccessControl", dependencies: ["COpenSSL", "JSONSyntax", "LinuxSystem"], swiftSettings: strict),
        .target(name: "EventLoops", dependencies: ["COpenSSL", "LinuxSystem"], swiftSettings: strict),
        .target(
            name: "OpenInferenceProtocol", dependencies: ["JSONSyntax", "LinuxSystem"],
            exclude: ["Protobuf/Definitions"], swiftSettings: strict),
        .target(name: "OutgoingHTTP", dependencies: ["CCurl", "LinuxSystem"], swiftSettings: strict),
        .target(
            name: "DurableState", dependencies: ["CPostgres", "CSQLite", "LinuxSystem"], swiftSettings: strict,
            linkerSettings: [.linkedLibrary(":libsqlite3.a")]),
        .target(
            name: "ModelMonitoring",
            dependencies: [
                "CVectorPrimitives", "JSONSyntax", "LinuxSystem", "TreeKernels", "TreeKernelsAVX2",
                "TreeKernelsAVX512",
            ],
            swiftSettings: strict),
        .target(
            name: "TreeEnsembles",
            dependencies: [
                "CVectorPrimitives", "JSONSyntax", "LinuxSystem", "TreeKernels", "TreeKernelsAVX2", "TreeKernelsAVX512",
                "TreeKernelsAVX512VBMI",
            ],
            swiftSettings: strict),

        .target(
            name: "TextEmbedding",
            dependencies: [
                "COpenSSL", "CVectorPrimitives", "JSONSyntax", "LinuxSystem", "TextKernels", "TextKernelsAVX2",
                "TextKernelsAVX512",
            ],
            swiftSettings: strict),

        .target(name: "TrafficSplitting", dependencies: ["LinuxSystem"], swiftSettings: strict),

        // Layer 3
        .target(
            name: "HTTPConnections", dependencies: ["CNghttp2", "CZlib", "EventLoops", "LinuxSystem"],
            swiftSettings: strict,
            linkerSettings: [.linkedLibrary(":libnghttp2.a"), .linkedLibrary(":libz.a")]),
        .target(
            name: "ForestTiming", dependencies: ["LinuxSystem", "OpenInferenceProtocol", "TreeEnsembles"],
            swiftSettings: strict),
        .target(
            name: "ModelRepository",
            dependencies: [
                "JSONSyntax", "LinuxSystem", "ModelMonitoring", "OpenInferenceProtocol", "OutgoingHTTP",
                "TextEmbedding", "TrafficSplitting", "TreeEnsembles",
            ],
            exclude: ["RowanConfiguration.proto"], swiftSettings: strict),
        .target(
            name: "KnowledgeRetrieval",
            dependencies: [
                "CVectorPrimitives", "DurableState", "JSONSyntax", "LinuxSystem", "OpenInferenceProtocol",
                "TreeKernels",
                "TreeKernelsAVX2", "TreeKernelsAVX512",
            ],
            swiftSettings: strict),
        .target(
            name: "CloudEvents", dependencies: ["LinuxSystem", "OpenInferenceProtocol", "OutgoingHTTP"],
            swiftSettings: strict),
        .target(
            name: "RequestTracing", dependencies: ["LinuxSystem", "OpenInferenceProtocol", "OutgoingHTTP"],
            swiftSettings: strict),
        .target(
            name: "ServerView", dependencies: ["JSONSyntax", "LinuxSystem", "OutgoingHTTP"], swiftSettings: strict),

        // Layer 4
        .target(
            name: "DynamicBatching",
            dependencies: ["EventLoops", "LinuxSystem", "ModelRepository", "OpenInferenceProtocol"],
            swiftSettings: strict),

        .target(
            name: "AnomalyExplanation",
            dependencies: ["KnowledgeRetrieval", "LinuxSystem", "ModelMonitoring", "OpenInferenceProtocol"],
            swiftSettings: strict),

        // Layer 5
        .target(
            name: "InferenceServer",
            dependencies: [
                "AccessControl", "AnomalyExplanation", "CloudEvents", "DurableState", "DynamicBatching", "EventLoops",
                "HTTPConnections",
                "JSONSyntax", "KnowledgeRetrieval", "LinuxSystem", "ModelMonitoring", "ModelRepository",
                "OpenInferenceProtocol", "RequestTracing", "TrafficSplitting", "TreeEnsembles",
            ],
            swiftSettings: strict),

        // Layer 6
        .executableTarget(
            name: "rowan",
            dependencies: [
                "AccessControl", "CBuildFacts", "DurableState", "ForestTiming", "InferenceServer", "JSONSyntax",
                "KnowledgeRetrieval", "LinuxSystem", "ModelMonitoring", "ModelRepository", "OpenInferenceProtocol",
                "ServerView", "TreeEnsembles",
                .target(name: "CJemalloc", condition: .when(traits: ["Jemalloc"])),
            ],
            swiftSettings: strict),

        // Tests
        .target(name: "TestSupport", dependencies: ["LinuxSystem"], path: "Tests/TestSupport", swiftSettings: strict),
        unitTests("TestSupport"),
        unitTests("LinuxSystem"),
        unitTests("JSONSyntax", exclude: ["Fixtures"]),
        unitTests("AccessControl", ["LinuxSystem"]),
        .target(
            name: "CTLSClient", path: "Tests/TLSClient",
            linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),
        unitTests("EventLoops", ["CTLSClient", "LinuxSystem"]),
        unitTests("OpenInferenceProtocol", ["JSONSyntax", "LinuxSystem"], exclude: ["Fixtures"]),
        unitTests("OutgoingHTTP", ["LinuxSystem"], exclude: ["Fixtures"]),
        unitTests("DurableState", ["LinuxSystem"]),
        unitTests("ModelMonitoring", ["JSONSyntax", "LinuxSystem"], exclude: ["Fixtures"]),
        unitTests("TreeEnsembles", ["JSONSyntax", "LinuxSystem"], exclude: ["Fixtures"]),
        unitTests("TextEmbedding", ["CVectorPrimitives", "JSONSyntax", "LinuxSystem"], exclude: ["Fixtures"]),
        unitTests("TrafficSplitting", ["LinuxSystem"]),
        unitTests("ServerView", ["LinuxSystem"]),
        unitTests("HTTPConnections", ["EventLoops", "LinuxSystem"]),
        unitTests(
            "ModelRepository",
            [
                "JSONSyntax", "LinuxSystem", "ModelMonitoring", "OpenInferenceProtocol", "OutgoingHTTP",
                "TextEmbedding", "TrafficSplitting", "TreeEnsembles",
            ],
            exclude: ["Fixtures"]),
        unitTests("CloudEvents", ["LinuxSystem", "OutgoingHTTP"]),
        unitTests(
            "KnowledgeRetrieval", ["DurableState", "JSONSyntax", "LinuxSystem"],
            exclude: ["Keywords/Fixtures", "Messages/Fixtures", "Quality/Fixtures"]),
        unitTests("RequestTracing", ["LinuxSystem", "OpenInferenceProtocol", "OutgoingHTTP"]),
        unitTests("ForestTiming", ["JSONSyntax", "LinuxSystem", "TreeEnsembles"]),
        unitTests(
            "AnomalyExplanation",
            ["JSONSyntax", "KnowledgeRetrieval", "LinuxSystem", "ModelMonitoring", "OpenInferenceProtocol"]),
        unitTests("DynamicBatching", ["EventLoops", "LinuxSystem", "ModelRepository", "OpenInferenceProtocol"]),
        unitTests(
            "InferenceServer",
            [
                "AccessControl", "AnomalyExplanation", "CloudEvents", "DurableState", "DynamicBatching", "EventLoops",
                "HTTPConnections", "KnowledgeRetrieval", "LinuxSystem", "ModelMonitoring", "ModelRepository",
                "OpenInferenceProtocol", "RequestTracing", "TrafficSplitting", "TreeEnsembles",
            ]),
        .testTarget(name: "TidyTests", dependencies: ["TestSupport"], swiftSettings: strict),
        .executableTarget(
            name: "Benchmarks", dependencies: ["ForestTiming", "LinuxSystem", "TextEmbedding", "TreeEnsembles"],
            path: "Tests/Benchmarks", exclude: ["README.md", "peers"], swiftSettings: strict),
        .testTarget(
            name: "ServerProcessTests", dependencies: ["Benchmarks", "TestSupport", "rowan"], swiftSettings: strict),
        .target(
            name: "FuzzTargets",
            dependencies: [
                "AccessControl", "AnomalyExplanation", "EventLoops", "HTTPConnections", "JSONSyntax",
                "KnowledgeRetrieval", "LinuxSystem", "ModelMonitoring", "ModelRepository", "OpenInferenceProtocol",
                "RequestTracing", "TestSupport", "TextEmbedding",
                "TrafficSplitting", "TreeEnsembles",
            ],
            path: "Tests/Fuzzing/Targets", swiftSettings: strict),
        unitTests("FuzzTargets", ["LinuxSystem"]),
    ] + fuzzDriver,
    cxxLanguageStandard: .cxx17
)
