package import AccessControl
import LinuxSystem
package import ModelRepository
package import RequestTracing
package import TreeEnsembles

/// Everything that an operator can decide about a server, checked and complete.
///
/// Produced from the command line by `ServerOptionsParser`; tests make their own. The names are those of Triton's
/// options wherever Triton has one.
package struct ServerOptions: Sendable, Equatable {
    /// Where one kind of request is accepted.
    package enum ListeningPort: Sendable, Equatable {
        /// No listener (`-1`).
        case off
        /// Any free port, which is printed (`0`).
        case any
        /// This port.
        case number(UInt16)
    }

    /// One model that stands outside every repository.
    package struct NamedModel: Sendable, Equatable {
        package var name: String
        /// A model file or a version directory.
        package var path: String

        package init(name: String, path: String) {
            self.name = name
            self.path = path
        }
    }

    /// Directories whose sub-directories are models, and URLs of object stores that hold such, in the order given.
    package var modelRepositories: [String] = []
    /// Single models, in the order given.
    package var models: [NamedModel] = []
    /// Who decides when models are loaded.
    package var modelControlMode = ModelLife.Control.none
    /// How often the repositories are looked at even if the kernel says nothing about them.
    package var repositoryPollSeconds = 15
    /// Models that are loaded at start where that is done on request; `*` stands for all.
    package var loadModels: [String] = []
    /// A file with what no option says.
    package var configurationFile: String?
    /// Where the server keeps what the next one finds again.
    package var dataDirectory: String?
    /// The database of PostgreSQL that keeps it instead, for any number of servers.
    package var stateURL: String?
    /// The directory of runbooks that a server knows whose store is new; nil to look for one.
    package var starterKnowledge: String?
    /// A file with the token that calls need which change what the server does.
    package var adminTokenFile: String?
    /// A file of API keys, of which inference then needs one.
    package var apiKeysFile: String?
    /// Which parts of the protocol need a certain field.
    package var httpRestrictions = APIRestrictions()
    package var grpcRestrictions = APIRestrictions()
    /// Whose word about the client's address is taken.
    package var trustedProxies = TrustedProxies()
    /// Whether their connections begin with a PROXY header.
    package var proxyProtocol = false
    /// The pages whose scripts may call; nil for none.
    package var allowedOrigins: AllowedOrigins?
    /// Whether a model that cannot be loaded at start ends the process.
    package var exitOnError = true
    /// Whether the server is ready only while every model is.
    package var strictReadiness = true

    package var httpAddress = "0.0.0.0"
    package var httpPort = ListeningPort.number(8000)
    package var grpcAddress = "0.0.0.0"
    package var grpcPort = ListeningPort.number(8001)
    package var metricsAddress = "0.0.0.0"
    package var metricsPort = ListeningPort.number(8002)
    /// The largest request body, before and after decompression, in bytes.
    package var httpMaxInputSize = 64 << 20
    /// Bytes of answers of all clients that may wait to be taken.
    package var maxUnreadAnswerBytes = 256 << 20
    /// Streams that one connection of HTTP/2 may have open at a time.
    package var http2MaxConcurrentStreams = 128
    /// Resets of requests in work, and frames without a request, that one connection may send per second.
    package var http2MaxResetsPerSecond = 128
    package var http2MaxControlFramesPerSecond = 1_024
    /// How much answers to inference by gRPC are compressed.
    package var grpcCompressionLevel = GRPCCompressionLevel.none
    /// Whether clients may register shared memory for tensors.
    package var allowClientSharedMemory = false

    /// Which ports speak TLS, and with what.
    package var tls = TLSOptions()

    /// The number of event loops; nil means one per core that the process may use.
    package var threads: Int?
    /// The instruction set that kernels are held to; nil means the best one found.
    package var instructionSetLimit: InstructionSet?

    /// How long requests in flight may take after a request to end.
    package var exitTimeoutSeconds = 30
    /// How long new connections are still accepted after a request to end.
    package var drainDelaySeconds = 0

    /// Whether the server is not ready while it refuses requests for want of room.
    package var unreadyWhenOverloaded = false
    /// Whether the metrics page tells of the machine's processors and memory, and how often they are looked at.
    package var cpuMetrics = true
    package var metricsIntervalMilliseconds = 2_000
    /// Whether it tells cumulative durations of requests.
    package var counterLatencies = true

    package var logLevel = EventLog.Level.info
    package var logFormat = EventLog.Format.text
    /// How lines say when they were written.
    package var logTimeForm = LogSettings.TimeForm.milliseconds
    /// Whether each request leaves a line.
    package var accessLog = false
    /// Triton's switches of single levels; nil leaves a level to `logLevel`.
    package var logInfo: Bool?
    package var logWarning: Bool?
    package var logError: Bool?
    package var logVerbose: Int?

    /// Which requests are traced, and where traces go.
    package var tracing = TraceConfiguration()

    /// What the operator should hear at start about options that were accepted and have no effect, one sentence each.
    package var notices: [String] = []

    /// Loops that serve.
    var loopCount: Int { threads ?? ProcessorBudget.processorCount }

    /// Whether some requests need a right.
    var restrictsAccess: Bool { apiKeysFile != nil || !httpRestrictions.isEmpty || !grpcRestrictions.isEmpty }

    /// Whether the process is given anything that others must not learn: what opens it, private keys, or credentials of
    /// stores.
    var holdsSecrets: Bool {
        adminTokenFile != nil || configurationFile != nil || stateURL != nil || restrictsAccess || tls != TLSOptions()
            || modelRepositories.contains { $0.hasPrefix("s3://") }
    }

    /// The models that are loaded at start; nil for all.
    var modelsLoadedAtStart: Set<String>? {
        modelControlMode != .explicit || loadModels.contains("*") ? nil : Set(loadModels)
    }

    /// What the log writes until somebody changes it.
    var logSettings: LogSettings {
        var settings = LogSettings(level: logLevel, writesAccess: accessLog)
        if let logInfo { settings.writesInfo = logInfo }
        if let logWarning { settings.writesWarnings = logWarning }
        if let logError { settings.writesErrors = logError }
        if let logVerbose { settings.verboseLevel = UInt32(logVerbose) }
        settings.timeForm = logTimeForm
        return settings
    }

    /// The options of a server that was given none.
    package init() {}
}
