import LinuxSystem
import TestSupport

@testable import EventLoops

/// A scripted loop whose only connection, descriptor 102, speaks TLS with a client in memory.
final class SecureLoop {
    let scripted: ScriptedLoop
    let acceptor = RecordingAcceptor()
    let tls: TLSAcceptor
    private let listener: Listener
    /// Bytes that were sent to the client and are not fed to it.
    private(set) var sent: [UInt8] = []

    init(_ server: TLSServer, timeout: Nanoseconds = .seconds(10)) throws {
        scripted = try ScriptedLoop()
        tls = TLSAcceptor(server, timeout: timeout, before: acceptor)
        listener = try scripted.acceptOne(tls)
    }

    var loop: EventLoop { scripted.loop }
    /// The connection once its handshake is complete.
    var connection: RecordingConnection? { acceptor.connections.first }

    /// One tick in which bytes of the network arrive.
    func deliver(_ bytes: [UInt8], _ others: ScriptedKernel.ReceiveAnswer...) {
        scripted.kernel.nextWait(reports: (102, .input))
        scripted.kernel.nextReceives(.bytes(bytes))
        for other in others { scripted.kernel.nextReceives(other) }
        tick()
    }

    /// One tick in which the kernel reports something.
    func tick(_ news: Readiness? = nil) {
        if let news { scripted.kernel.nextWait(reports: (102, news)) }
        scripted.loop.tick()
        collect()
    }

    /// Notes what was sent; only for sends that the kernel took whole.
    func collect() {
        for case .send(102, let bytes) in scripted.kernel.takeCalls() { sent += bytes }
    }

    /// Gives the client what was sent.
    func feed(_ peer: TLSPeer) {
        peer.feed(sent)
        sent = []
    }

    /// Lets both talk until neither has anything to say.
    ///
    /// - Parameter step: most bytes that arrive in one tick.
    func talk(_ peer: TLSPeer, step: Int = 4_096) {
        while true {
            _ = peer.handshake()
            let said = peer.drain()
            if said.isEmpty, sent.isEmpty { break }
            for start in stride(from: 0, to: said.count, by: step) {
                deliver(Array(said[start..<min(start + step, said.count)]))
            }
            // What has arrived behind a handshake is told in the next tick.
            tick()
            feed(peer)
        }
    }
}

extension TLSServer {
    /// A server with certificates of `TestCertificates`.
    static func test(
        _ names: String..., protocols: [String] = [], authorities: String? = nil, staple: String? = nil,
        tickets: TLSTicketKeys? = nil
    ) throws -> TLSServer {
        let files = TestCertificates.shared
        let certificates = try names.map { name in
            try TLSCertificate(
                chain: files.bytes("\(name).pem").span, key: files.bytes("\(name).key").span,
                staple: staple.map { files.bytes($0) } ?? [])
        }
        let policy = Policy(applicationProtocols: protocols, clientAuthorities: authorities.map { files.bytes($0) })
        return try TLSServer(certificates, policy, tickets: tickets ?? TLSTicketKeys())
    }
}

extension TLSPeer.Wishes {
    /// Trusts the tests' authority for a host.
    static func trusting(_ host: String = "localhost", version: Int32 = 0) -> Self {
        TLSPeer.Wishes(
            authorities: TestCertificates.shared.path("authority.pem"), host: host, version: version)
    }

    /// Shows a client's certificate as well.
    func showing(_ name: String) -> Self {
        var wishes = self
        let files = TestCertificates.shared
        wishes.certificate = (files.path("\(name).pem"), files.path("\(name).key"))
        return wishes
    }
}
