import LinuxSystem

/// The calls that the server answers, by their path.
///
/// - Source: grpc_service.proto, *GRPC Health Checking Protocol*, *GRPC Server Reflection Protocol*.
package enum GRPCMethod: CaseIterable, Sendable {
    case serverLive
    case serverReady
    case modelReady
    case serverMetadata
    case modelMetadata
    case modelInfer
    case modelStreamInfer
    case modelConfig
    case modelStatistics
    case repositoryIndex
    case repositoryModelLoad
    case repositoryModelUnload
    case systemSharedMemoryStatus
    case systemSharedMemoryRegister
    case systemSharedMemoryUnregister
    case cudaSharedMemoryStatus
    case cudaSharedMemoryRegister
    case cudaSharedMemoryUnregister
    case traceSetting
    case logSettings
    case healthCheck
    case healthWatch
    case reflection
    case oldReflection
    case feedbackSubmit

    /// The path of the call.
    package var path: StaticString {
        switch self {
        case .serverLive: "/inference.GRPCInferenceService/ServerLive"
        case .serverReady: "/inference.GRPCInferenceService/ServerReady"
        case .modelReady: "/inference.GRPCInferenceService/ModelReady"
        case .serverMetadata: "/inference.GRPCInferenceService/ServerMetadata"
        case .modelMetadata: "/inference.GRPCInferenceService/ModelMetadata"
        case .modelInfer: "/inference.GRPCInferenceService/ModelInfer"
        case .modelStreamInfer: "/inference.GRPCInferenceService/ModelStreamInfer"
        case .modelConfig: "/inference.GRPCInferenceService/ModelConfig"
        case .modelStatistics: "/inference.GRPCInferenceService/ModelStatistics"
        case .repositoryIndex: "/inference.GRPCInferenceService/RepositoryIndex"
        case .repositoryModelLoad: "/inference.GRPCInferenceService/RepositoryModelLoad"
        case .repositoryModelUnload: "/inference.GRPCInferenceService/RepositoryModelUnload"
        case .systemSharedMemoryStatus: "/inference.GRPCInferenceService/SystemSharedMemoryStatus"
        case .systemSharedMemoryRegister: "/inference.GRPCInferenceService/SystemSharedMemoryRegister"
        case .systemSharedMemoryUnregister: "/inference.GRPCInferenceService/SystemSharedMemoryUnregister"
        case .cudaSharedMemoryStatus: "/inference.GRPCInferenceService/CudaSharedMemoryStatus"
        case .cudaSharedMemoryRegister: "/inference.GRPCInferenceService/CudaSharedMemoryRegister"
        case .cudaSharedMemoryUnregister: "/inference.GRPCInferenceService/CudaSharedMemoryUnregister"
        case .traceSetting: "/inference.GRPCInferenceService/TraceSetting"
        case .logSettings: "/inference.GRPCInferenceService/LogSettings"
        case .healthCheck: "/grpc.health.v1.Health/Check"
        case .healthWatch: "/grpc.health.v1.Health/Watch"
        case .reflection: "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"
        case .oldReflection: "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"
        case .feedbackSubmit: "/rowan.v1.Feedback/Submit"
        }
    }

    /// The services that the calls belong to, as reflection lists them.
    package static let services = [
        "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection",
        "inference.GRPCInferenceService", "rowan.v1.Feedback",
    ]

    /// Whether a caller may send several messages.
    package var takesStream: Bool { self == .modelStreamInfer || self == .reflection || self == .oldReflection }

    private static let methods = allCases
    private static let table = NameTable(allCases.map { "\($0.path)" })

    /// The call of a path; nil for any other path.
    package init?(path: Span<UInt8>) {
        // Nearly all calls.
        if path.matches(path.indices, GRPCMethod.modelInfer.path) {
            self = .modelInfer
            return
        }
        guard let index = Self.table.index(of: path) else { return nil }
        self = Self.methods[index]
    }
}
