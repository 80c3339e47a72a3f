/// The status of a call in gRPC.
///
/// - Source: gRPC, *Status codes and their use in gRPC*; raw values are the numbers on the wire.
package enum GRPCStatusCode: UInt8, CaseIterable, Sendable {
    case ok = 0
    case cancelled = 1
    case unknown = 2
    case invalidArgument = 3
    case deadlineExceeded = 4
    case notFound = 5
    case alreadyExists = 6
    case permissionDenied = 7
    case resourceExhausted = 8
    case failedPrecondition = 9
    case aborted = 10
    case outOfRange = 11
    case unimplemented = 12
    case internalFault = 13
    case unavailable = 14
    case dataLoss = 15
    case unauthenticated = 16
}

extension ProtocolError.Code {
    /// The status of a call in gRPC.
    ///
    /// - Source: Triton `src/grpc/grpc_utils.cc`.
    package var grpcStatus: GRPCStatusCode {
        switch self {
        case .unknown: .unknown
        case .internalFault: .internalFault
        case .notFound: .notFound
        case .invalidArgument: .invalidArgument
        case .unavailable: .unavailable
        case .unsupported: .unimplemented
        case .alreadyExists: .alreadyExists
        case .cancelled: .cancelled
        }
    }
}
