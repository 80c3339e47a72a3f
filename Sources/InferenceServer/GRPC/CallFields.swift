import HTTPConnections
import LinuxSystem
import OpenInferenceProtocol

/// What the fields of a call say.
enum CallFields {
    private static let encoding = HTTPFieldName("grpc-encoding")
    private static let acceptedEncoding = HTTPFieldName("grpc-accept-encoding")
    private static let timeoutName = HTTPFieldName("grpc-timeout")
    private static let errorMode = HTTPFieldName("triton_grpc_error")

    /// How the messages of the call are compressed.
    static func compression(_ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>) -> GRPCCompression {
        guard let value = head.value(of: encoding, in: bytes) else { return .identity }
        return GRPCCompression(bytes.extracting(value))
    }

    /// Which compressed messages the caller reads.
    static func acceptedCompression(
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>
    ) -> GRPCAcceptedCompression {
        GRPCAcceptedCompression(bytes.extracting(head.value(of: acceptedEncoding, in: bytes) ?? 0..<0))
    }

    /// How long the caller waits; nil for any time, and where the field is no such text.
    static func timeout(_ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>) -> Nanoseconds? {
        guard let value = head.value(of: timeoutName, in: bytes) else { return nil }
        return GRPCTimeout.nanoseconds(bytes.extracting(value)).map { Nanoseconds($0) }
    }

    /// Whether a stream ends with the first failure.
    ///
    /// - Source: Triton's extension_generate and `src/grpc/stream_infer_handler.cc`: `triton_grpc_error` is `true`.
    static func endsStreamOnFailure(_ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>) -> Bool {
        head.value(of: errorMode, in: bytes).map { bytes.matches($0, "true") } ?? false
    }
}
