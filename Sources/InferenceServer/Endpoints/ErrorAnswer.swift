import HTTPConnections
import LinuxSystem
import OpenInferenceProtocol

/// Writes a refusal as a client of the protocol reads it.
enum ErrorAnswer {
    /// - Source: Triton's table of codes and HTTP status, `src/http_server.cc`.
    static func write(_ error: ProtocolError, to reply: inout ByteBuffer) -> HTTPResponseHead {
        ProtocolDocument.appendError(error.message, to: &reply)
        guard let status = HTTPStatus(rawValue: UInt16(error.code.httpStatus)) else {
            preconditionFailure("every code of the protocol has a status that Rowan sends")
        }
        return HTTPResponseHead(status)
    }

    /// Writes a refusal for want of room or time, and says when to come back.
    static func writeOverload(_ error: ProtocolError, to reply: inout ByteBuffer) -> HTTPResponseHead {
        var head = write(error, to: &reply)
        head.retryAfterSeconds = 1
        return head
    }
}
