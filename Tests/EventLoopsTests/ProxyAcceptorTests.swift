import LinuxSystem
import TestSupport
import Testing

@testable import EventLoops

/// The test plays the kernel: a proxy's header arrives in pieces, and what follows it goes to whoever serves.
@Suite struct ProxyAcceptorTests {
    private static let header: [UInt8] =
        [
            13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10, 0x21, 0x11, 0, 12, 192, 0, 2, 7, 192, 0, 2, 1, 0xDC, 4, 1,
            0xBB,
        ]
    private static let request = Array("request".utf8)

    private final class Bench {
        let scripted: ScriptedLoop
        let served = RecordingAcceptor()
        var faults: [ProxyHeaderFault] = []
        private var listener: Listener?

        init(isTrusted: Bool = true) throws {
            scripted = try ScriptedLoop()
            let acceptor = ProxyAcceptor(before: served, isTrusted: { _ in isTrusted }) { [unowned self] fault, _ in
                faults.append(fault)
            }
            listener = try scripted.acceptOne(acceptor)
        }

        func arrive(_ pieces: ScriptedKernel.ReceiveAnswer...) {
            scripted.kernel.nextWait(reports: (102, .input))
            for piece in pieces { scripted.kernel.nextReceives(piece) }
            scripted.loop.tick()
        }
    }

    @Test func `who is not trusted is served as it comes`() throws {
        let bench = try Bench(isTrusted: false)
        #expect(bench.served.connections.map(\.peer) == [bench.scripted.kernel.peer])
        bench.arrive(.bytes(Self.header))
        #expect(bench.served.connections.first?.received == Self.header)
    }

    @Test func `a header names the client, and what follows is received by whoever serves`() throws {
        let bench = try Bench()
        #expect(bench.served.connections.isEmpty && bench.scripted.loop.awaitsHandedConnections)
        bench.arrive(.bytes(Array(Self.header[..<16])), .bytes(Array(Self.header[16...])))
        let calls = bench.scripted.kernel.takeCalls()
        #expect(calls == [.wait(timeout: .seconds(5)), .receive(102, limit: 16), .receive(102, limit: 12)])
        let connection = try #require(bench.served.connections.first)
        #expect(connection.peer == SocketAddress("192.0.2.7", port: 56_324))
        #expect(!bench.scripted.loop.awaitsHandedConnections)
        // The next tick asks for what came behind the header, without another event.
        bench.scripted.kernel.nextReceives(.bytes(Self.request))
        bench.scripted.loop.tick()
        #expect(connection.received == Self.request)
    }

    @Test func `a header may come byte by byte`() throws {
        let bench = try Bench()
        for byte in Self.header {
            #expect(bench.served.connections.isEmpty)
            bench.arrive(.bytes([byte]))
        }
        #expect(bench.served.connections.map(\.peer) == [SocketAddress("192.0.2.7", port: 56_324)])
        #expect(bench.faults.isEmpty)
    }

    @Test func `a proxy's own connection keeps its address`() throws {
        let bench = try Bench()
        var local = Array(Self.header[..<16])
        local[12] = 0x20
        local[15] = 0
        bench.arrive(.bytes(local))
        #expect(bench.served.connections.map(\.peer) == [bench.scripted.kernel.peer])
    }

    @Test func `a connection without a header is closed`() throws {
        let bench = try Bench()
        bench.arrive(.bytes(Array("GET / HTTP/1.1\r\n".utf8)))
        #expect(bench.faults == [.missing] && bench.served.connections.isEmpty)
        #expect(bench.scripted.loop.connectionCount == 0 && !bench.scripted.loop.awaitsHandedConnections)
        #expect(!bench.scripted.kernel.openDescriptors.contains(102))
    }

    @Test func `a connection that ends within its header is closed`() throws {
        for answer in [ScriptedKernel.ReceiveAnswer.ended, .failed(SystemError("recv", number: 104))] {
            let bench = try Bench()
            bench.arrive(.bytes(Array(Self.header[..<16])), answer)
            #expect(bench.faults == [.ended] && bench.scripted.loop.connectionCount == 0)
        }
    }

    @Test func `a header that is late ends its connection, one that came in time does not`() throws {
        let bench = try Bench()
        bench.scripted.clock.advance(by: EventLoopsLimits.proxyHeaderTime)
        bench.scripted.loop.tick()
        #expect(bench.faults == [.late] && bench.scripted.loop.connectionCount == 0)
        let other = try Bench()
        other.arrive(.bytes(Array(Self.header[..<16])), .bytes(Array(Self.header[16...])))
        other.scripted.clock.advance(by: EventLoopsLimits.proxyHeaderTime)
        other.scripted.loop.tick()
        #expect(other.faults.isEmpty && other.scripted.loop.connectionCount == 1)
    }
}
