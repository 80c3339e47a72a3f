import Glibc
import LinuxSystem
import TestSupport
import Testing

@testable import EventLoops

// The client is OpenSSL's over memory, the kernel is the test's: every cut of the bytes and every refusal can be had.
@Suite struct TLSStreamTests {
    private static let versions: [Int32] = [0x0303, 0x0304]
    private let request = Array("GET / HTTP/1.1\r\n\r\n".utf8)

    private func connected(
        _ server: TLSServer? = nil, _ wishes: TLSPeer.Wishes = .trusting(), step: Int = 4_096
    ) throws -> (SecureLoop, TLSPeer, RecordingConnection) {
        let secure = try SecureLoop(server ?? .test("server"))
        let peer = TLSPeer(wishes)
        secure.talk(peer, step: step)
        #expect(peer.handshake() == true)
        return (secure, peer, try #require(secure.connection))
    }

    // MARK: Handshakes and bytes

    @Test(arguments: versions, [1, 7, 4_096])
    func `a request comes out as it went in, however it is cut`(version: Int32, step: Int) throws {
        let (secure, peer, connection) = try connected(nil, .trusting(version: version), step: step)
        #expect(peer.version == version && peer.isTrusting)
        #expect(
            secure.acceptor.handshakes == [
                TLSFacts(isVersion13: version == 0x0304, isResumed: false, applicationProtocol: nil, clientSubject: nil)
            ])
        peer.write(request)
        secure.talk(peer, step: step)
        #expect(connection.received == request)
        #expect(connection.send(Array("answer".utf8), on: secure.loop) == .sentAll)
        secure.collect()
        secure.feed(peer)
        #expect(peer.read() == .bytes(Array("answer".utf8)))
    }

    @Test(arguments: versions)
    func `long runs go through in both directions`(version: Int32) throws {
        let (secure, peer, connection) = try connected(nil, .trusting(version: version))
        let long = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) }
        peer.write(long)
        secure.talk(peer)
        #expect(connection.received == long)
        let runs = [Array(long[..<70_000]), Array(long[70_000..<70_001]), Array(long[70_001...])]
        #expect(connection.send(runs[0], runs[1], runs[2], on: secure.loop) == .sentAll)
        secure.collect()
        secure.feed(peer)
        #expect(peer.read() == .bytes(long))
    }

    @Test func `what was sealed together leaves in one call`() throws {
        let (secure, _, connection) = try connected()
        let head = [UInt8](repeating: 1, count: 200)
        let body = [UInt8](repeating: 2, count: EventLoopsLimits.sealedByteCount - 200)
        #expect(connection.send(head, body, on: secure.loop) == .sentAll)
        #expect(secure.scripted.kernel.takeCalls().count == 1)
    }

    @Test func `a request that comes with the end of the handshake is told`() throws {
        let secure = try SecureLoop(.test("server"))
        let peer = TLSPeer(.trusting(version: 0x0304))
        peer.handshake()
        secure.deliver(peer.drain())
        secure.feed(peer)
        #expect(peer.handshake() == true)
        peer.write(request)
        secure.deliver(peer.drain())
        secure.tick()
        #expect(secure.connection?.received == request)
    }

    @Test func `what is asked for in small pieces comes whole and in order`() throws {
        let (secure, peer, connection) = try connected()
        connection.receivesAll = false
        let text = (0..<40_000).map { UInt8(truncatingIfNeeded: $0) }
        peer.write(text)
        let records = peer.drain()
        // The kernel has never more than is asked for: 700 bytes and what their records add.
        for start in stride(from: 0, to: records.count, by: 1_000) {
            secure.scripted.kernel.nextReceives(.bytes(Array(records[start..<min(start + 1_000, records.count)])))
        }
        var buffer = ByteBuffer()
        for _ in 0..<records.count where buffer.count < text.count {
            secure.tick(.input)
            while connection.mayHoldInput(on: secure.loop) {
                if case .received(let count) = connection.receive(into: &buffer, limit: 700, on: secure.loop) {
                    #expect(count <= 700)
                }
            }
        }
        #expect(buffer.withBytes { bytes in bytes.indices.map { bytes[$0] } } == text)
    }

    // MARK: A kernel that takes little

    @Test func `what the kernel does not take is sent later, once and in order`() throws {
        let (secure, peer, connection) = try connected()
        let text = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let kernel = secure.scripted.kernel
        var position = 0
        var taken: [UInt8] = []
        let limits = [1_000, 0, 30_000, 5, 0, 16_500, 1, 40_000, 100_000, 20_000, 60_000]
        for limit in limits + [70_000, 70_000, 70_000, 70_000] {
            kernel.limitNextSend(to: limit)
            let rest = Array(text[position...])
            switch connection.send(rest, on: secure.loop) {
            case .sentAll: position = text.count
            case .sentPart(let count):
                #expect(count < rest.count)
                position += count
            case .failed(let error): Issue.record("\(error)")
            }
            var counts = kernel.takeTakenByteCounts()
            for case .send(102, let bytes) in kernel.takeCalls() { taken += bytes.prefix(counts.removeFirst()) }
            if position == text.count { break }
        }
        #expect(position == text.count)
        peer.feed(taken)
        #expect(peer.read() == .bytes(text))
    }

    @Test func `a send to a lost client fails`() throws {
        let (secure, _, connection) = try connected()
        secure.scripted.kernel.nextSends(.failed(SystemError("send", number: EPIPE)))
        #expect(connection.send(request, on: secure.loop) == .failed(.brokenTLS))
    }

    // MARK: Ends

    @Test(arguments: versions)
    func `an end that TLS announces is a clean end`(version: Int32) throws {
        let (secure, peer, connection) = try connected(nil, .trusting(version: version))
        peer.write(request)
        peer.finish()
        secure.talk(peer)
        #expect(connection.received == request)
        #expect(connection.outcomes.last == .ended)
        secure.feed(peer)
        #expect(peer.read() == .ended)
    }

    @Test(arguments: versions)
    func `behind an end nothing is to be received, though the network ends as well`(version: Int32) throws {
        let (secure, peer, connection) = try connected(nil, .trusting(version: version))
        connection.closesAtEnd = false
        peer.finish()
        secure.deliver(peer.drain())
        #expect(connection.outcomes == [.ended])
        secure.tick([.input, .peerFinished])
        #expect(connection.outcomes == [.ended])
        #expect(!connection.mayHoldInput(on: secure.loop))
        #expect(connection.send(request, on: secure.loop) == .sentAll)
    }

    @Test(arguments: versions)
    func `an end that only the network announces is none`(version: Int32) throws {
        let (secure, peer, connection) = try connected(nil, .trusting(version: version))
        peer.write(request)
        secure.scripted.kernel.nextWait(reports: (102, [.input, .peerFinished]))
        secure.scripted.kernel.nextReceives(.bytes(peer.drain()), .ended)
        secure.tick()
        #expect(connection.received == request)
        #expect(connection.outcomes.last == .failed(.brokenTLS))
        #expect(!connection.isOpen)
    }

    @Test(arguments: versions)
    func `a damaged record ends the connection`(version: Int32) throws {
        let (secure, peer, connection) = try connected(nil, .trusting(version: version))
        peer.write(request)
        var record = peer.drain()
        record[record.count - 1] ^= 1
        secure.deliver(record)
        #expect(connection.received == [])
        #expect(connection.outcomes == [.failed(.brokenTLS)])
        #expect(secure.loop.connectionCount == 0)
    }

    @Test func `closing says so, unless something waits before it`() throws {
        for isBlocked in [false, true] {
            let (secure, peer, connection) = try connected()
            if isBlocked {
                secure.scripted.kernel.nextSends(.wouldBlock)
                #expect(connection.send(request, on: secure.loop) == .sentPart(0))
                _ = secure.scripted.kernel.takeCalls()
            }
            connection.socket.close(on: secure.loop)
            secure.collect()
            secure.feed(peer)
            #expect(peer.read() == (isBlocked ? .nothing : .ended))
        }
    }

    // MARK: What clients may not, and may

    @Test func `a client of TLS 1-2 gets no second handshake`() throws {
        let (secure, peer, connection) = try connected(nil, .trusting(version: 0x0303))
        #expect(peer.renew())
        secure.deliver(peer.drain())
        secure.feed(peer)
        #expect(peer.handshake() == nil)
        #expect(TLSPeer.fault == "no renegotiation")
        #expect(secure.acceptor.handshakes.count == 1)
        #expect(connection.received == [])
    }

    @Test func `new keys are given to a client that asks`() throws {
        let (secure, peer, connection) = try connected(nil, .trusting(version: 0x0304))
        for _ in 0..<20 {
            #expect(peer.renew())
            secure.talk(peer)
        }
        peer.write(request)
        secure.talk(peer)
        #expect(connection.received == request)
        #expect(connection.send(request, on: secure.loop) == .sentAll)
        secure.collect()
        secure.feed(peer)
        #expect(peer.read() == .bytes(request))
    }

    @Test func `a client that asks for keys and takes none is cut off`() throws {
        let (secure, peer, connection) = try connected(nil, .trusting(version: 0x0304))
        for _ in 0..<20_000 where connection.isOpen {
            #expect(peer.renew())
            secure.scripted.kernel.nextSends(.wouldBlock)
            secure.deliver(peer.drain())
        }
        #expect(!connection.isOpen)
    }
}
