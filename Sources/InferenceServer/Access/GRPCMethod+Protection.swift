import AccessControl
import OpenInferenceProtocol

/// Which part of the protocol a call of gRPC belongs to.
extension GRPCMethod {
    /// - Source: the restricted categories of each call in Triton's `src/grpc/grpc_server.cc`; reflection, which Triton
    ///   does not have, is metadata.
    var protectedAPI: ProtectedAPI {
        switch self {
        case .serverLive, .serverReady, .modelReady, .healthCheck, .healthWatch: .health
        case .serverMetadata, .modelMetadata, .reflection, .oldReflection: .metadata
        case .modelInfer, .modelStreamInfer: .inference
        case .modelConfig: .modelConfiguration
        case .modelStatistics, .feedbackSubmit: .statistics
        case .repositoryIndex, .repositoryModelLoad, .repositoryModelUnload: .modelRepository
        case .systemSharedMemoryStatus, .systemSharedMemoryRegister, .systemSharedMemoryUnregister,
            .cudaSharedMemoryStatus, .cudaSharedMemoryRegister, .cudaSharedMemoryUnregister:
            .sharedMemory
        case .traceSetting: .trace
        case .logSettings: .logging
        }
    }
}
