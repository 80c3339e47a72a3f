import HTTPConnections
import OpenInferenceProtocol

/// How much a server compresses its answers to inference, as `--grpc-infer-response-compression-level` says it.
///
/// The level chooses the coding among those that the caller reads, and nothing else.
///
/// - Source: gRPC's `CompressionAlgorithmSet::CompressionAlgorithmForLevel`, which Triton hands the level to: gzip is
///   thought less thorough than deflate; the lowest level takes the first of those that the caller reads, the others
///   the last.
package enum GRPCCompressionLevel: String, CaseIterable, Sendable {
    case none
    case low
    case medium
    case high

    /// The coding of answers to a caller; identity where the caller reads no other.
    func coding(for accepted: GRPCAcceptedCompression) -> ContentCoding {
        switch self {
        case .none: .identity
        case .low: accepted.gzip ? .gzip : accepted.deflate ? .deflate : .identity
        case .medium, .high: accepted.deflate ? .deflate : accepted.gzip ? .gzip : .identity
        }
    }
}
