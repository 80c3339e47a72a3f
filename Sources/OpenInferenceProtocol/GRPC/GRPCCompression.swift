import LinuxSystem

/// How the messages of a call are compressed, as the field `grpc-encoding` says it.
///
/// - Source: gRPC, *gRPC Compression*.
package enum GRPCCompression: Equatable, Sendable {
    case identity
    /// gzip or zlib, which the decoder tells apart.
    case compressed
    /// Something that the server cannot undo.
    case unsupported

    /// The codings that are accepted, for `grpc-accept-encoding`.
    package static var accepted: StaticString { "identity,deflate,gzip" }

    /// Reads a field's value.
    package init(_ value: Span<UInt8>) {
        if value.isEmpty || value.matches(value.indices, "identity") {
            self = .identity
        } else if value.matches(value.indices, "gzip") || value.matches(value.indices, "deflate") {
            self = .compressed
        } else {
            self = .unsupported
        }
    }

    /// Whether a message is to be inflated.
    ///
    /// - Parameter isCompressed: what its prefix says.
    /// - Throws: where it says so of a call that names no compression, or one that the server does not know.
    package func inflates(isCompressed: Bool) throws(CallStatus) -> Bool {
        guard isCompressed else { return false }
        switch self {
        case .compressed: return true
        case .identity:
            throw CallStatus(.internalFault, "a message is compressed, and the call names no grpc-encoding")
        case .unsupported:
            throw CallStatus(
                .unimplemented, "the grpc-encoding is not supported: send one of \(GRPCCompression.accepted)")
        }
    }
}
