import LinuxSystem
import TestSupport
import Testing

@testable import EventLoops

@Suite struct TLSAcceptorTests {
    private static let versions: [Int32] = [0x0303, 0x0304]

    /// What a client and a server have made of each other.
    private func talk(
        _ server: TLSServer, _ wishes: TLSPeer.Wishes, resuming other: TLSPeer? = nil
    ) throws -> (SecureLoop, TLSPeer) {
        let secure = try SecureLoop(server)
        let peer = TLSPeer(wishes)
        if let other { peer.resume(other) }
        secure.talk(peer)
        return (secure, peer)
    }

    // MARK: What is agreed on

    @Test(arguments: versions)
    func `the server's first protocol that the client speaks is taken`(version: Int32) throws {
        let server = try TLSServer.test("server", protocols: ["h2", "http/1.1"])
        for (offered, agreed) in [(["http/1.1", "h2"], "h2"), (["http/1.1"], "http/1.1"), ([], "")] {
            var wishes = TLSPeer.Wishes.trusting(version: version)
            wishes.protocols = offered
            let (secure, peer) = try talk(server, wishes)
            #expect(peer.protocolName == agreed)
            #expect(secure.acceptor.handshakes.first?.applicationProtocol == (agreed.isEmpty ? nil : agreed))
        }
    }

    @Test func `a client that speaks none of the protocols is refused`() throws {
        var wishes = TLSPeer.Wishes.trusting()
        wishes.protocols = ["spdy/3"]
        let (secure, peer) = try talk(.test("server", protocols: ["http/1.1"]), wishes)
        #expect(peer.handshake() == nil && secure.connection == nil)
        #expect(secure.acceptor.faults == [.notAgreed("no application protocol")])
    }

    @Test func `the certificate follows the name that is asked for`() throws {
        let server = try TLSServer.test("server", "other")
        for (host, name) in [
            ("localhost", "localhost"), ("other.example", "other.example"), ("OTHER.example", "other.example"),
            ("a.wild.example", "other.example"),
        ] {
            let (_, peer) = try talk(server, .trusting(host))
            #expect(peer.peerName == name && peer.handshake() == true, "\(host)")
        }
        // Whoever asks for a name that nobody has sees the first certificate, and judges for itself.
        for host in ["unknown.example", "a.b.wild.example", "wild.example"] {
            let (secure, peer) = try talk(server, .trusting(host))
            #expect(peer.handshake() == nil && secure.connection == nil)
            #expect(secure.acceptor.faults.first?.kind == .refused, "\(secure.acceptor.faults)")
        }
    }

    @Test func `old versions are refused`() throws {
        for version: Int32 in [0x0301, 0x0302] {
            let (secure, peer) = try talk(.test("server"), .trusting(version: version))
            #expect(peer.handshake() == nil)
            #expect(secure.acceptor.faults == [.notAgreed("unsupported protocol")])
        }
    }

    @Test func `a key of the other kind serves as well`() throws {
        var wishes = TLSPeer.Wishes()
        wishes.host = "localhost"
        for version in Self.versions {
            wishes.version = version
            #expect(try talk(.test("rsa"), wishes).1.handshake() == true)
        }
    }

    @Test func `an authority's word is handed to clients that ask`() throws {
        let server = try TLSServer.test("server", staple: "good.ocsp")
        for version in Self.versions {
            var wishes = TLSPeer.Wishes.trusting(version: version)
            #expect(try talk(server, wishes).1.stapleByteCount == 0)
            wishes.wantsStaple = true
            #expect(try talk(server, wishes).1.stapleByteCount == TestCertificates.shared.bytes("good.ocsp").count)
            #expect(try talk(.test("server"), wishes).1.stapleByteCount == 0)
        }
    }

    // MARK: Certificates of clients

    @Test(arguments: versions)
    func `a client that must show a certificate is known by its subject`(version: Int32) throws {
        let server = try TLSServer.test("server", authorities: "authority.pem")
        let (secure, _) = try talk(server, .trusting(version: version).showing("client"))
        #expect(secure.acceptor.handshakes.first?.clientSubject == "CN=scraper,O=Test")
        #expect(secure.connection?.socket.security?.clientSubject == "CN=scraper,O=Test")
        #expect(EventLoopsLimits.subjectByteCount >= 256)
    }

    @Test(arguments: versions, ["none", "stranger", "client-expired", "server"])
    func `one without, or with one that is not to be trusted, is refused`(version: Int32, name: String) throws {
        let server = try TLSServer.test("server", authorities: "authority.pem")
        var wishes = TLSPeer.Wishes.trusting(version: version)
        if name != "none" { wishes = wishes.showing(name) }
        let (secure, _) = try talk(server, wishes)
        #expect(secure.connection == nil && secure.loop.connectionCount == 0)
        #expect(secure.acceptor.faults.map(\.kind) == [.certificate], "\(secure.acceptor.faults)")
    }

    // MARK: Tickets

    @Test(arguments: versions)
    func `tickets shorten the next handshake until their key is forgotten`(version: Int32) throws {
        var tickets = try TLSTicketKeys()
        let wishes = TLSPeer.Wishes.trusting(version: version)
        let (first, peer) = try talk(.test("server", tickets: tickets), wishes)
        #expect(first.acceptor.handshakes.first?.isResumed == false)
        #expect(peer.earlyDataLimit == 0)
        for rotation in 0..<4 {
            let (secure, other) = try talk(.test("server", tickets: tickets), wishes, resuming: peer)
            #expect(other.isResumed == (rotation < 3))
            #expect(secure.acceptor.handshakes.first?.isResumed == (rotation < 3))
            tickets = try tickets.rotated()
            #expect(tickets.count == min(rotation + 2, 3))
        }
        #expect(EventLoopsLimits.ticketSeconds == 7_200)
    }

    @Test(arguments: versions)
    func `a ticket keeps the client's certificate`(version: Int32) throws {
        let tickets = try TLSTicketKeys()
        let server = try TLSServer.test("server", authorities: "authority.pem", tickets: tickets)
        let wishes = TLSPeer.Wishes.trusting(version: version).showing("client")
        let (_, peer) = try talk(server, wishes)
        let (secure, _) = try talk(server, wishes, resuming: peer)
        #expect(secure.acceptor.handshakes.first?.isResumed == true)
        #expect(secure.acceptor.handshakes.first?.clientSubject == "CN=scraper,O=Test")
    }

    @Test func `a ticket of a name serves for this name`() throws {
        let tickets = try TLSTicketKeys()
        let server = try TLSServer.test("server", "other", tickets: tickets)
        let (_, peer) = try talk(server, .trusting("other.example"))
        let (secure, _) = try talk(server, .trusting("other.example"), resuming: peer)
        #expect(secure.acceptor.handshakes.first?.isResumed == true)
    }

    // MARK: Limits

    @Test func `a handshake has its time`() throws {
        let secure = try SecureLoop(.test("server"), timeout: .seconds(10))
        let peer = TLSPeer()
        peer.handshake()
        secure.deliver(Array(peer.drain().prefix(50)))
        secure.scripted.clock.advance(by: .milliseconds(9_999))
        secure.tick()
        #expect(secure.loop.connectionCount == 1 && secure.loop.awaitsHandedConnections)
        secure.scripted.clock.advance(by: .milliseconds(1))
        secure.tick()
        #expect(secure.acceptor.faults == [.timedOut])
        #expect(secure.loop.connectionCount == 0 && !secure.loop.awaitsHandedConnections)
        #expect(secure.scripted.kernel.openDescriptors == [100, 101])
    }

    @Test func `a handshake has its length`() throws {
        let secure = try SecureLoop(.test("server"))
        // A greeting that says that it is as long as OpenSSL permits, in records of full size.
        let total = 131_000
        var greeting: [UInt8] = [1, UInt8(total >> 16), UInt8(total >> 8 & 255), UInt8(total & 255), 3, 3]
        greeting += [UInt8](repeating: 0, count: total)
        var byteCount = 0
        while secure.loop.connectionCount == 1, byteCount < total {
            let content = Array(greeting[byteCount..<byteCount + 16_000])
            let record = [22, 3, 1, UInt8(content.count >> 8), UInt8(content.count & 255)] + content
            #expect(record.count < EventLoopsLimits.handshakeReceiveByteCount)
            secure.deliver(record)
            byteCount += content.count
        }
        #expect(secure.acceptor.faults == [.tooLong])
        #expect((1...32_000).contains(byteCount - EventLoopsLimits.handshakeByteCount))
    }

    @Test func `a client that speaks in the clear is told apart`() throws {
        let secure = try SecureLoop(.test("server"))
        secure.deliver(Array("GET /v2/health/ready HTTP/1.1\r\n\r\n".utf8))
        #expect(secure.acceptor.faults == [.notAgreed("http request")])
        #expect(secure.scripted.kernel.openDescriptors == [100, 101])
    }

    @Test func `a client that goes away is a lost one`() throws {
        for answer: ScriptedKernel.ReceiveAnswer in [.ended, .failed(SystemError("recv", number: 104))] {
            let secure = try SecureLoop(.test("server"))
            secure.scripted.kernel.nextWait(reports: (102, [.input, .peerFinished]))
            secure.scripted.kernel.nextReceives(answer)
            secure.tick()
            #expect(secure.acceptor.faults == [.lost])
        }
    }

    @Test func `a tick takes so many steps of handshakes and no more`() throws {
        let scripted = try ScriptedLoop()
        scripted.loop.tick()
        for _ in 0..<EventLoopsLimits.handshakeStepsPerTick { #expect(scripted.loop.takeHandshakeStep()) }
        #expect(!scripted.loop.takeHandshakeStep())
        scripted.loop.tick()
        #expect(scripted.loop.takeHandshakeStep())
    }

    @Test func `handshakes beyond a tick's steps go on in the next`() throws {
        let count = EventLoopsLimits.handshakeStepsPerTick + 3
        let scripted = try ScriptedLoop()
        let acceptor = RecordingAcceptor()
        let tls = TLSAcceptor(try .test("server"), timeout: .seconds(10), before: acceptor)
        let listener = try Listener(at: .loopback(port: 0), acceptor: tls, on: scripted.loop)
        for _ in 0..<count { scripted.kernel.nextAccepts(.connection) }
        scripted.kernel.nextWait(reports: (101, .input))
        scripted.loop.tick()
        let tags = (0..<Int32(count)).compactMap { scripted.kernel.tag(of: 102 + $0) }
        scripted.kernel.nextWait(reports: tags.map { PollEvent(readiness: .input, tag: $0) })
        for _ in 0..<count { scripted.kernel.nextReceives(.bytes(Array("GET / HTTP/1.1\r\n\r\n".utf8))) }
        scripted.loop.tick()
        #expect(acceptor.faults.count == EventLoopsLimits.handshakeStepsPerTick)
        scripted.loop.tick()
        #expect(acceptor.faults.count == count)
        listener.close(on: scripted.loop)
    }

    // MARK: Changes

    @Test func `connections that come later see another certificate, those that are there go on`() throws {
        let secure = try SecureLoop(.test("server"))
        let peer = TLSPeer(.trusting())
        secure.talk(peer)
        secure.tls.adopt(try .test("renewed"))
        peer.write([1, 2, 3])
        secure.talk(peer)
        #expect(secure.connection?.received == [1, 2, 3])
        let next = try SecureLoop(.test("renewed"))
        let other = TLSPeer(.trusting())
        next.talk(other)
        #expect(other.peerName == "localhost.renewed")
    }

    @Test func `handshakes get a last moment when the server ends`() throws {
        let secure = try SecureLoop(.test("server"))
        secure.tls.drain(on: secure.loop)
        secure.scripted.clock.advance(by: .milliseconds(499))
        secure.tick()
        #expect(secure.loop.awaitsHandedConnections)
        secure.scripted.clock.advance(by: .milliseconds(1))
        secure.tick()
        #expect(secure.acceptor.faults == [.timedOut] && !secure.loop.awaitsHandedConnections)
    }
}
