import AccessControl

/// Which part of the protocol a resource belongs to.
extension EndpointTable.Endpoint {
    /// - Source: the checks at the head of each handler in Triton's `src/http_server.cc`; the list of models is an
    ///   index of the repository, the description of the port is metadata; what is learnt about predictions, and
    ///   what is known about their causes, is statistics, and a rollout changes what is served.
    var protectedAPI: ProtectedAPI {
        switch self {
        case .live, .ready: .health
        case .serverMetadata, .openAPI, .documentation: .metadata
        case .modelList, .repositoryIndex, .repositoryControl, .rollout: .modelRepository
        case .logSettings: .logging
        case .traceSettings: .trace
        case .statistics, .feedback, .experiments, .knowledge, .knowledgeSearch, .explanations: .statistics
        case .sharedMemory: .sharedMemory
        case .embeddings: .inference
        case .model(let resource, _, _):
            switch resource {
            case .metadata: .metadata
            case .ready: .health
            case .configuration: .modelConfiguration
            case .statistics, .drift: .statistics
            case .infer, .generate: .inference
            }
        }
    }
}
