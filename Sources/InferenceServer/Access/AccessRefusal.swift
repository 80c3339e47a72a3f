import AccessControl
import HTTPConnections
import OpenInferenceProtocol

/// Why a request is not let in, in the words of each protocol.
enum AccessRefusal: Equatable, Sendable {
    /// Its part of the protocol is restricted.
    ///
    /// - Parameter field: the name of the field that would open it.
    case restricted(field: String)
    case key(KeyRefusal)

    /// What a client of HTTP reads.
    ///
    /// - Source: Triton's `src/http_server.cc` for restricted APIs.
    var message: String {
        switch self {
        case .restricted(let field): "This API is restricted, expecting header '\(field)'"
        case .key(let refusal): refusal.message
        }
    }

    /// What a client of gRPC reads.
    ///
    /// - Source: Triton's `src/grpc/grpc_handler.h` for restricted protocols.
    var grpcMessage: String {
        switch self {
        case .restricted(let field): "This protocol is restricted, expecting header '\(field)'"
        case .key(let refusal): refusal.message
        }
    }

    /// - Source: RFC 9110 section 15.5, RFC 6585 section 4.
    var httpStatus: HTTPStatus {
        switch self {
        case .restricted: .forbidden
        case .key(.rate): .tooManyRequests
        case .key(let refusal): refusal.isUnauthenticated ? .unauthorized : .forbidden
        }
    }

    /// How a call of gRPC ends; a restricted one as in Triton.
    var callStatus: CallStatus {
        let code: GRPCStatusCode
        switch self {
        case .restricted: code = .unavailable
        case .key(.rate): code = .resourceExhausted
        case .key(let refusal): code = refusal.isUnauthenticated ? .unauthenticated : .permissionDenied
        }
        return CallStatus(code, grpcMessage)
    }

    /// Seconds of `Retry-After`; nil where waiting does not help.
    var retryAfterSeconds: Int? {
        if case .key(let refusal) = self { refusal.retryAfterSeconds } else { nil }
    }
}
