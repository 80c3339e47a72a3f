import HTTPConnections
import LinuxSystem
import OpenInferenceProtocol

/// Writes a refusal as a client of the protocol reads it.
enum ErrorAnswer {
    /// - Source: Triton's table of codes and HTTP status, `src/http_server.cc`.
    static func write(_ error: ProtocolError, to reply: inout ByteBuffer) -> HTTP1ResponseHead {
        ProtocolDocument.appendError(error.message, to: &reply)
        let status: HTTPStatus
        switch error.code {
        case .unknown, .invalidArgument, .alreadyExists, .cancelled: status = .badRequest
        case .internalFault: status = .internalServerError
        case .notFound: status = .notFound
        case .unavailable: status = .serviceUnavailable
        case .unsupported: status = .notImplemented
        }
        return HTTP1ResponseHead(status)
    }
}
