/// A request that cannot be answered, as its sender is told.
///
/// - Source: Triton's error codes and their HTTP status, `src/http_server.cc`.
package struct ProtocolError: Error, Equatable, Sendable {
    /// Triton's error codes.
    package enum Code: UInt8, CaseIterable, Sendable {
        case unknown
        case internalFault
        case notFound
        case invalidArgument
        case unavailable
        case unsupported
        case alreadyExists
        case cancelled

        /// The status of the HTTP response.
        package var httpStatus: Int {
            switch self {
            case .internalFault: 500
            case .notFound: 404
            case .unavailable: 503
            case .unsupported: 501
            case .unknown, .invalidArgument, .alreadyExists, .cancelled: 400
            }
        }
    }

    package let code: Code
    /// What was wrong, expected and given, for the client's reader.
    package let message: String

    /// Makes an error with a text.
    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
