/// Addresses as other protocols carry them.
extension SocketAddress {
    /// Reads an address as the network sends it.
    ///
    /// - Parameter bytes: 4 of version 4, 16 of version 6.
    /// - Returns: nil for any other number of bytes.
    package init?(networkBytes bytes: Span<UInt8>, port: UInt16) {
        switch bytes.count {
        case 4:
            family = .v4
            upper = Self.number(bytes, 0..<4) << 32
            lower = 0
        case 16:
            family = .v6
            upper = Self.number(bytes, 0..<8)
            lower = Self.number(bytes, 8..<16)
        default:
            return nil
        }
        self.port = port
        scope = 0
    }

    private static func number(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt64 {
        var number: UInt64 = 0
        for index in range { number = number << 8 | UInt64(bytes[index]) }
        return number
    }
}
