package import LinuxSystem

/// How a call has ended.
package struct CallStatus: Error, Equatable, Sendable {
    package let code: GRPCStatusCode
    /// For the caller; empty for none.
    package let message: String

    /// Names an end.
    package init(_ code: GRPCStatusCode, _ message: String = "") {
        self.code = code
        self.message = message
    }

    /// How a call ends that cannot be answered.
    package init(_ error: ProtocolError) {
        self.init(error.code.grpcStatus, error.message)
    }

    /// Appends the message as the field `grpc-message` carries it: bytes that are no visible ASCII, and the percent
    /// sign, as a percent sign and two hexadecimal digits; one that is too long ends early, at a whole character.
    ///
    /// - Source: gRPC, *gRPC over HTTP2*, Percent-Encoded.
    package func appendMessage(to buffer: inout ByteBuffer) {
        var left = OpenInferenceProtocolLimits.statusMessageByteCount
        for scalar in message.unicodeScalars {
            let isPlain = scalar.value >= 0x20 && scalar.value <= 0x7e && scalar != "%"
            let byteCount = isPlain ? 1 : 3 * UTF8.width(scalar)
            guard byteCount <= left else { return }
            left -= byteCount
            for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
                if isPlain {
                    buffer.append(byte)
                } else {
                    buffer.append(UInt8(ascii: "%"))
                    buffer.append(Self.digit(byte &>> 4))
                    buffer.append(Self.digit(byte & 15))
                }
            }
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? value &+ UInt8(ascii: "0") : value &- 10 &+ UInt8(ascii: "A")
    }
}
