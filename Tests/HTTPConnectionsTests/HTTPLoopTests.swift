import LinuxSystem
import TestSupport
import Testing

@testable import EventLoops
@testable import HTTPConnections

/// What the connections of one loop have in common.
struct HTTPLoopTests {
    @Test func `a loop that drains serves what another loop has sent before it reports`() throws {
        let kernel = ScriptedKernel()
        // The mailboxes are descriptors 100 and 101, the loop's epoll instance is 102, the connection 103.
        let group = try LoopGroup(loopCount: 2, connectionLimit: 100, kernel: kernel)
        let (sender, receiver) = (group.member(0), group.member(1))
        let loop = try EventLoop(kernel: kernel, clock: FakeClock(), member: receiver)
        let handler = PathHandler()
        var hasReported = false
        let http = HTTPLoop(on: loop, limits: HTTPLimits(), handler: handler) { hasReported = true }
        try loop.receiveHandedConnections([http])
        for _ in 0..<4 { sender.connectionAccepted() }
        #expect(sender.reserveElsewhere() == 1)
        http.drain()
        #expect(!hasReported)
        #expect(sender.reserveElsewhere() == nil, "a loop that ends takes nothing new")
        sender.send(HandedConnection(try kernel.makeSignal(), peer: kernel.peer, listenerIndex: 0), to: 1)
        kernel.nextWait(reports: (101, .input))
        loop.tick()
        #expect(http.connectionCount == 1 && !hasReported)
        kernel.nextWait(reports: (103, .input))
        kernel.nextReceives(.bytes(Array("GET /a HTTP/1.1\r\nHost: a\r\n\r\n".utf8)))
        loop.tick()
        #expect(handler.paths == ["/a"])
        #expect(hasReported && http.connectionCount == 0 && !kernel.openDescriptors.contains(103))
    }
}
