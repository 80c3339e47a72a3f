/// What a path of the inference port is about, without the names in it: one entry of the OpenAPI document.
enum EndpointSubject: CaseIterable {
    case live
    case ready
    case serverMetadata
    case modelList
    case modelMetadata
    case modelReady
    case modelConfiguration
    case modelStatistics
    case modelDrift
    case statistics
    case inference
    case repositoryIndex
    case modelLoad
    case modelUnload
    case generation
    case embeddings
    case systemMemory
    case cudaMemory
    case feedback
    case experimentList
    case experiment
    case rollout
    case explanationList
    case explanationStream
    case explanation
    case explanationOpinion
    case knowledge
    case knowledgeSearch
    case knowledgeDocument
    case logSettings
    case traceSettings
    case openAPI
    case documentation
}

extension EndpointTable.Endpoint {
    /// What the resource is about; a new kind of resource must say so here to be compiled.
    var subject: EndpointSubject {
        switch self {
        case .live: .live
        case .ready: .ready
        case .serverMetadata: .serverMetadata
        case .modelList: .modelList
        case .model(.metadata, _, _): .modelMetadata
        case .model(.ready, _, _): .modelReady
        case .model(.configuration, _, _): .modelConfiguration
        case .model(.statistics, _, _): .modelStatistics
        case .model(.drift, _, _): .modelDrift
        case .statistics: .statistics
        case .model(.infer, _, _): .inference
        case .repositoryIndex: .repositoryIndex
        case .repositoryControl(.load, _, _): .modelLoad
        case .repositoryControl(.unload, _, _): .modelUnload
        case .model(.generate, _, _): .generation
        case .embeddings: .embeddings
        case .sharedMemory(.system, _, _): .systemMemory
        case .sharedMemory(.cuda, _, _): .cudaMemory
        case .feedback: .feedback
        case .experiments(.none): .experimentList
        case .experiments(.some): .experiment
        case .rollout: .rollout
        case .explanations(.list): .explanationList
        case .explanations(.stream): .explanationStream
        case .explanations(.one): .explanation
        case .explanations(.opinion): .explanationOpinion
        case .knowledge(.none): .knowledge
        case .knowledge(.some): .knowledgeDocument
        case .knowledgeSearch: .knowledgeSearch
        case .logSettings: .logSettings
        case .traceSettings: .traceSettings
        case .openAPI: .openAPI
        case .documentation: .documentation
        }
    }
}
