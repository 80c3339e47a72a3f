import AccessControl
import HTTPConnections
import LinuxSystem

/// Who has sent a request, as logs say it.
extension TrustedProxies {
    private static let forwardedFor = HTTPFieldName("x-forwarded-for")

    /// The client's address: with the port where it has connected itself.
    func clientName(of peer: SocketAddress, _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>) -> String {
        guard contains(peer) else { return peer.description }
        var values: [String] = []
        head.forEachValue(of: Self.forwardedFor, in: bytes) { range in
            values.append(bytes.text(range))
            return true
        }
        let client = client(of: peer, forwardedFor: values)
        return client == peer ? peer.description : client.host
    }
}
