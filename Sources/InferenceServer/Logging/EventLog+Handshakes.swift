import EventLoops
import LinuxSystem

extension EventLog {
    /// Notes that a client's TLS could not begin; only as often as other faults of clients.
    func handshakeFailed(_ fault: TLSFault, peer: SocketAddress) {
        clientFault("TLS handshake failed", .init("client", peer.description), .init("reason", fault.description))
    }
}
