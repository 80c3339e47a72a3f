package import ModelRepository
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

    /// Directories whose sub-directories are models, in the order given.
    package var modelRepositories: [String] = []
    /// Single models, in the order given.
    package var models: [NamedModel] = []
    /// Who decides when models are loaded.
    package var modelControlMode = ModelLife.Control.none
    /// How often the repositories are looked at even if the kernel says nothing about them.
    package var repositoryPollSeconds = 15
    /// Models that are loaded at start where that is done on request; `*` stands for all.
    package var loadModels: [String] = []
    /// A file with the token that calls need which change what the server does.
    package var adminTokenFile: String?
    /// Whether a model that cannot be loaded at start ends the process.
    package var exitOnError = true
    /// Whether the server is ready only while every model is.
    package var strictReadiness = true

    package var httpAddress = "0.0.0.0"
    package var httpPort = ListeningPort.number(8000)
    /// Where gRPC would be accepted; this version serves none and says so.
    package var grpcPort = ListeningPort.number(8001)
    package var metricsAddress = "0.0.0.0"
    package var metricsPort = ListeningPort.number(8002)
    /// The largest request body, before and after decompression, in bytes.
    package var httpMaxInputSize = 64 << 20

    /// The number of event loops; nil means one per core that the process may use.
    package var threads: Int?
    /// The instruction set that kernels are held to; nil means the best one found.
    package var instructionSetLimit: InstructionSet?

    /// How long requests in flight may take after a request to end.
    package var exitTimeoutSeconds = 30
    /// How long new connections are still accepted after a request to end.
    package var drainDelaySeconds = 0

    package var logLevel = EventLog.Level.info
    package var logFormat = EventLog.Format.text
    /// Whether each request leaves a line.
    package var accessLog = false

    /// What the operator should hear at start about options that were accepted and have no effect, one sentence each.
    package var notices: [String] = []

    /// The models that are loaded at start; nil for all.
    var modelsLoadedAtStart: Set<String>? {
        modelControlMode != .explicit || loadModels.contains("*") ? nil : Set(loadModels)
    }

    /// The options of a server that was given none.
    package init() {}
}
