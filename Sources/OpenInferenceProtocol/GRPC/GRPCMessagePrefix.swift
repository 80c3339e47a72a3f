package import LinuxSystem

/// What stands before each message of a call: whether it is compressed, and its length.
///
/// - Source: gRPC, *gRPC over HTTP2*, Length-Prefixed-Message: one byte and four, the highest first.
package struct GRPCMessagePrefix: Equatable, Sendable {
    /// Bytes of a prefix.
    package static let byteCount = 5

    package let isCompressed: Bool
    package let messageByteCount: Int

    /// Reads the prefix at the beginning of some bytes.
    ///
    /// - Parameter limit: bytes of a message.
    /// - Precondition: the prefix is whole.
    package init(_ bytes: Span<UInt8>, limit: Int) throws(CallStatus) {
        guard bytes[0] <= 1 else {
            throw CallStatus(.internalFault, "the prefix of a message begins with \(bytes[0]): it must be 0 or 1")
        }
        isCompressed = bytes[0] == 1
        var count = 0
        for index in 1..<5 { count = count << 8 | Int(bytes[index]) }
        messageByteCount = count
        guard count <= limit else {
            throw CallStatus(.resourceExhausted, "Received message larger than max (\(count) vs. \(limit))")
        }
    }

    /// Finds the only message of a call.
    ///
    /// - Parameter body: all that the caller has sent.
    /// - Returns: where the message stands.
    /// - Throws: where it is no whole message, or more than one.
    package static func only(
        in body: Span<UInt8>, limit: Int
    ) throws(CallStatus) -> (message: Range<Int>, isCompressed: Bool) {
        guard !body.isEmpty else { throw CallStatus(.internalFault, "the call has no request message") }
        guard body.count >= byteCount else { throw .cutMessage }
        let prefix = try GRPCMessagePrefix(body, limit: limit)
        let end = byteCount + prefix.messageByteCount
        guard end <= body.count else { throw .cutMessage }
        guard end == body.count else {
            throw CallStatus(.internalFault, "the call has more than one request message")
        }
        return (byteCount..<end, prefix.isCompressed)
    }
}

extension CallStatus {
    /// The caller has ended the call inside a message.
    package static var cutMessage: CallStatus {
        CallStatus(.internalFault, "the call ends inside a message")
    }
}

extension ByteBuffer {
    /// Appends the prefix of a message.
    package mutating func appendMessagePrefix(_ messageByteCount: Int, isCompressed: Bool = false) {
        precondition(messageByteCount <= Int(UInt32.max), "the length of a message has four bytes")
        append(isCompressed ? 1 : 0)
        for shift in [24, 16, 8, 0] { append(UInt8(truncatingIfNeeded: messageByteCount >> shift)) }
    }
}
