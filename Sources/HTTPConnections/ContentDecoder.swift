internal import CZlib
package import LinuxSystem

/// Why a compressed body cannot be used. The scope is the request; the connection goes on.
package enum ContentFault: Error, CaseIterable, Sendable {
    case damaged
    case truncated
    case trailingBytes
    case inflatedTooLong

    /// The code of the answer.
    package var status: HTTPStatus { self == .inflatedTooLong ? .contentTooLarge : .badRequest }

    /// One sentence for the client.
    package var message: StaticString {
        switch self {
        case .damaged: "the compressed request body is damaged"
        case .truncated: "the compressed request body is incomplete"
        case .trailingBytes: "the compressed request body is followed by other bytes"
        case .inflatedTooLong: "the inflated request body is too long"
        }
    }
}

/// Inflates request bodies.
///
/// - Ownership: one per thread; the library's state is made once and reused.
package final class ContentDecoder {
    package init() {}

    /// Appends the inflated form of a whole gzip or zlib body; the wrapper is recognised by its first bytes.
    ///
    /// - Throws: `ContentFault`; what was appended until then stays in `output`.
    package func inflate(
        _ compressed: Span<UInt8>, limit: Int, into output: inout ByteBuffer
    ) throws(ContentFault) {
        throw .damaged
    }
}
