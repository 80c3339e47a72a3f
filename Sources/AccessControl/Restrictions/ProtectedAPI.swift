/// A part of the protocol that may be opened to some callers only.
///
/// - Source: Triton `docs/customization_guide/inference_protocols.md`, "Limit Endpoint Access"; the names are the same
///   for HTTP and gRPC.
package enum ProtectedAPI: String, CaseIterable, Sendable {
    case health
    case metadata
    case inference
    case sharedMemory = "shared-memory"
    case modelConfiguration = "model-config"
    case modelRepository = "model-repository"
    case statistics
    case trace
    case logging
}
