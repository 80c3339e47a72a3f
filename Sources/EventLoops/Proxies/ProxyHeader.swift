package import LinuxSystem

/// What a proxy says in front of a connection's own bytes: whose connection it is.
///
/// The header is read exactly: whoever asks for no more bytes than `needed` leaves what follows in the socket, be it a
/// TLS handshake or a request.
///
/// - Source: "The PROXY protocol", version 2, section 2.2, as haproxy publishes it. Version 1, a line of text, is not
///   read.
package struct ProxyHeader: Equatable, Sendable {
    /// Who has connected to the proxy; nil where the proxy speaks for itself, to find out whether the server is there,
    /// or names no internet address.
    package let source: SocketAddress?

    /// What the first bytes of a connection are.
    package enum Outcome: Equatable, Sendable {
        /// The beginning of a header, of which at least so many bytes are still to come.
        case needed(Int)
        /// A whole header, of so many bytes.
        case completed(ProxyHeader, byteCount: Int)
        case faulted(ProxyHeaderFault)
    }

    /// Reads what has arrived of a connection.
    ///
    /// - Parameter bytes: from the first on; no more than were asked for.
    package static func bytesReceived(_ bytes: Span<UInt8>) -> Outcome {
        for index in 0..<min(bytes.count, signature.count) where bytes[index] != signature[index] {
            let isOlder = bytes.count >= 6 && bytes.matches(0..<6, "PROXY ")
            return .faulted(isOlder ? .olderVersion : .missing)
        }
        guard bytes.count >= fixedByteCount else { return .needed(fixedByteCount - bytes.count) }
        let byteCount = fixedByteCount + Int(bytes[14]) << 8 + Int(bytes[15])
        guard byteCount - fixedByteCount <= EventLoopsLimits.proxyAddressByteCount else { return .faulted(.tooLong) }
        guard bytes[12] >> 4 == 2, bytes[12] & 15 <= 1 else { return .faulted(.unknownCommand) }
        guard bytes.count >= byteCount else { return .needed(byteCount - bytes.count) }
        // Command 0 is the proxy's own connection, whatever addresses follow.
        if bytes[12] & 15 == 0 { return .completed(ProxyHeader(source: nil), byteCount: byteCount) }
        return address(bytes, byteCount)
    }

    private static func address(_ bytes: Span<UInt8>, _ byteCount: Int) -> Outcome {
        let width: Int
        switch bytes[13] {
        // TCP over version 4 and version 6: two addresses and two ports, then what else the proxy tells.
        case 0x11: width = 4
        case 0x21: width = 16
        // No address, datagrams, or sockets of the proxy's machine: the connection is taken without one.
        case 0x00, 0x12, 0x22, 0x31, 0x32: return .completed(ProxyHeader(source: nil), byteCount: byteCount)
        default: return .faulted(.unknownCommand)
        }
        guard byteCount - fixedByteCount >= 2 * width + 4 else { return .faulted(.tooShort) }
        let port = fixedByteCount + 2 * width
        let source = SocketAddress(
            networkBytes: bytes.extracting(fixedByteCount..<(fixedByteCount + width)),
            port: UInt16(bytes[port]) << 8 | UInt16(bytes[port + 1]))
        return .completed(ProxyHeader(source: source), byteCount: byteCount)
    }

    /// Bytes in front of the addresses: the signature, command, family, and length of the rest.
    private static let fixedByteCount = 16

    private static let signature: InlineArray<12, UInt8> = [
        0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A,
    ]
}
