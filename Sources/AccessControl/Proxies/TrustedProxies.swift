package import LinuxSystem

/// The addresses whose word about where a request comes from is taken.
package struct TrustedProxies: Sendable, Equatable {
    /// Why a list of addresses cannot be used.
    package struct Fault: Error, Equatable, Sendable {
        package let expected: String
    }

    private var ranges: [AddressRange] = []

    /// Trusts nobody.
    package init() {}

    /// Reads a list with commas.
    package init(_ text: String) throws(Fault) {
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let range = AddressRange(String(word.drop { $0 == " " })) else {
                throw Fault(expected: "addresses and ranges with commas, as in 10.0.0.0/8,::1")
            }
            ranges.append(range)
        }
        guard ranges.count <= AccessControlLimits.trustedRangeCount else {
            throw Fault(expected: "at most \(AccessControlLimits.trustedRangeCount) ranges")
        }
    }

    package var isEmpty: Bool { ranges.isEmpty }

    /// Whether an address is one of theirs.
    package func contains(_ address: SocketAddress) -> Bool { ranges.contains { $0.contains(address) } }

    /// Who has sent a request, as far as it can be believed.
    ///
    /// Each proxy writes behind the others whom it had the request from. Read from the end, entries are believed as
    /// long as the one who wrote them is trusted; the first that is not trusted itself is the client.
    ///
    /// - Parameter peer: the other end of the connection.
    /// - Parameter forwardedFor: the values of the fields `X-Forwarded-For`, in their order.
    /// - Returns: an address with port 0 where a proxy has named it, else `peer`.
    package func client(of peer: SocketAddress, forwardedFor: [String]) -> SocketAddress {
        guard contains(peer) else { return peer }
        var client = peer
        let hops = forwardedFor.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }
        for hop in hops.reversed().prefix(AccessControlLimits.forwardedHopCount) {
            guard let address = Self.address(of: hop) else { return client }
            client = address
            if !contains(address) { break }
        }
        return client
    }

    /// An entry's address; some proxies add the port.
    private static func address(of entry: Substring) -> SocketAddress? {
        let text = entry.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed()
        let word = String(text)
        guard word.utf8.count <= 64 else { return nil }
        if let address = SocketAddress(word, port: 0) { return address }
        guard let colon = word.lastIndex(of: ":"),
            word[word.index(after: colon)...].utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return SocketAddress(String(word[..<colon]), port: 0)
    }
}
