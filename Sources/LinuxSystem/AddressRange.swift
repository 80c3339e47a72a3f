/// The addresses that share their first bits, as in `10.0.0.0/8`.
///
/// - Source: RFC 4632 section 3.1; RFC 4291 section 2.3.
package struct AddressRange: Hashable, Sendable {
    private let family: SocketAddress.Family
    private let upper: UInt64
    private let lower: UInt64
    /// Bits that all of them share, counted from the front.
    package let bitCount: Int

    /// Reads an address, or one with a slash and the number of bits that count.
    ///
    /// - Returns: nil for anything else, also where a bit behind those that count is set: then something else was
    ///   meant.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = SocketAddress(String(parts[0]), port: 0), !parts[0].hasPrefix("[") else { return nil }
        let width = address.family == .v4 ? 32 : 128
        var bitCount = width
        if parts.count == 2 {
            guard parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(parts[1]),
                number <= width
            else { return nil }
            bitCount = number
        }
        family = address.family
        self.bitCount = bitCount
        upper = address.upper & Self.mask(bitCount)
        lower = address.lower & Self.mask(bitCount - 64)
        if upper != address.upper || lower != address.lower { return nil }
    }

    /// Whether an address is one of them; one of version 4 that is mapped into version 6 is the one it stands for.
    package func contains(_ address: SocketAddress) -> Bool {
        let (family, upper, lower) = address.unmapped
        return family == self.family && upper & Self.mask(bitCount) == self.upper
            && lower & Self.mask(bitCount - 64) == self.lower
    }

    /// As many ones as bits count, of 64 from the front.
    private static func mask(_ bitCount: Int) -> UInt64 {
        if bitCount <= 0 { return 0 }
        return bitCount >= 64 ? .max : ~(.max >> UInt64(bitCount))
    }
}

extension SocketAddress {
    /// Of an address ::ffff:a.b.c.d the one of version 4, else the address itself.
    fileprivate var unmapped: (Family, UInt64, UInt64) {
        guard family == .v6, upper == 0, lower >> 32 == 0xFFFF else { return (family, upper, lower) }
        return (.v4, lower << 32, 0)
    }
}
