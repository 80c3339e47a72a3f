/// How a call of gRPC ended: what its trailers say.
///
/// - Source: the protocol description of gRPC over HTTP/2, section "Responses"; the codes are those of
///   `google.rpc.Code`.
package struct GRPCStatus: Equatable, Sendable {
    /// 0 for a call that succeeded, up to 16.
    package var code: UInt8
    /// Bytes of `grpc-message`, percent-encoded, which stand behind the body of the answer; 0 leaves the field out.
    package var messageByteCount: Int

    package init(code: UInt8, messageByteCount: Int = 0) {
        precondition(code <= 16 && messageByteCount >= 0, "there are seventeen codes")
        self.code = code
        self.messageByteCount = messageByteCount
    }

    /// The call succeeded.
    package static let ok = GRPCStatus(code: 0)

    /// The code for a call whose request could not be read.
    init(refusedWith status: HTTPStatus, messageByteCount: Int) {
        let code: UInt8 =
            switch status {
            case .contentTooLarge, .headerTooLarge, .targetTooLong, .serviceUnavailable: 8
            case .requestTimeout: 1
            case .notImplemented: 12
            default: 13
            }
        self.init(code: code, messageByteCount: messageByteCount)
    }
}
