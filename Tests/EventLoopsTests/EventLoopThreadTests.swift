import Glibc
import LinuxSystem
import Synchronization
import TestSupport
import Testing

@testable import EventLoops

// Real threads and real sockets.
@Suite struct EventLoopThreadTests {
    private func startEcho(
        at address: SocketAddress = .loopback(port: 0), counters: CounterBlock = CounterBlock(),
        member: LoopGroup.Member = LoopGroup.alone()
    ) throws -> EventLoopThread.Started<SocketAddress> {
        try EventLoopThread.start(name: "echo", member: member) { loop throws(SystemError) in
            let server = EchoServer(counters: counters)
            loop.addTickObserver(server)
            try loop.receiveHandedConnections([server])
            return try Listener(at: address, acceptor: server, on: loop).address
        }
    }

    @Test func `what is sent comes back, however it is cut`() throws {
        let echo = try startEcho()
        var random = SeededGenerator.forTest()
        let client = try #require(TestClient(echo.ready))
        for size in [1, 2, 100, 4096, 70_000, 300_000] {
            let bytes = random.bytes(count: size)
            client.send(bytes)
            #expect(client.receive(size) == bytes)
        }
        client.finishSending()
        #expect(client.receive(1) == [])
        echo.thread.stop()
        echo.thread.join()
    }

    @Test func `a client that reads late gets everything, through partial sends`() throws {
        let counters = CounterBlock()
        let echo = try startEcho(counters: counters)
        let client = try #require(TestClient(echo.ready))
        // A prime length, so that a piece lost or repeated shows; more than the buffers of both sockets hold.
        var random = SeededGenerator.forTest()
        let piece = random.bytes(count: 65_521)
        var bytes: [UInt8] = []
        for _ in 0..<200 { bytes += piece }
        // The client sends from another thread while it does not read, so that the server cannot send all.
        let sender = try SystemThread(name: "sender") { [client = Unchecked(client), bytes] in
            client.value.send(bytes)
            client.value.finishSending()
        }
        while counters.value(at: EchoServer.Counter.partialSends) == 0 { sched_yield() }
        #expect(client.receive(bytes.count + 1) == bytes)
        sender.join()
        echo.thread.stop()
        echo.thread.join()
        #expect(counters.value(at: EchoServer.Counter.partialSends) > 0)
    }

    @Test func `many clients at once are all answered`() throws {
        let echo = try startEcho()
        let clients = try (0..<200).map { _ in try #require(TestClient(echo.ready)) }
        for round in 0..<5 {
            for (index, client) in clients.enumerated() { client.send([UInt8(index), UInt8(round)]) }
            for (index, client) in clients.enumerated() {
                #expect(client.receive(2) == [UInt8(index), UInt8(round)])
            }
        }
        echo.thread.stop()
        echo.thread.join()
    }

    @Test func `over the limit of connections a client waits for another to leave`() throws {
        let echo = try startEcho(member: LoopGroup.alone(connectionLimit: 1))
        var first = TestClient(echo.ready)
        let second = try #require(TestClient(echo.ready))
        first?.send([1])
        #expect(first?.receive(1) == [1])
        second.send([2])
        first = nil
        #expect(second.receive(1) == [2])
        echo.thread.stop()
        echo.thread.join()
    }

    @Test func `a client that resets its connection is forgotten`() throws {
        let counters = CounterBlock()
        let echo = try startEcho(counters: counters)
        var client = TestClient(echo.ready)
        client?.send([1])
        #expect(client?.receive(1) == [1])
        client?.resetOnClose()
        client = nil
        while counters.value(at: EchoServer.Counter.failures) == 0 { sched_yield() }
        let other = try #require(TestClient(echo.ready))
        other.send([9])
        #expect(other.receive(1) == [9])
        #expect(counters.value(at: EchoServer.Counter.openConnections) == 1)
        echo.thread.stop()
        echo.thread.join()
    }

    @Test func `stopping closes connections and the port`() throws {
        let echo = try startEcho()
        let client = try #require(TestClient(echo.ready))
        client.send([1])
        #expect(client.receive(1) == [1])
        echo.thread.stop()
        echo.thread.join()
        #expect(client.receive(1) == [])
        #expect(TestClient(echo.ready) == nil)
    }

    @Test func `two loops share a port`() throws {
        let first = try startEcho()
        let second = try startEcho(at: first.ready)
        #expect(first.ready.port == second.ready.port)
        for _ in 0..<50 {
            let client = try #require(TestClient(first.ready))
            client.send([5])
            #expect(client.receive(1) == [5])
        }
        for echo in [first, second] {
            echo.thread.stop()
            echo.thread.join()
        }
    }

    @Test func `a set-up that fails ends the thread with its error`() {
        let error = SystemError("bind", number: EADDRINUSE)
        #expect(throws: error) {
            _ = try EventLoopThread.start(name: "fails") { _ throws(SystemError) -> Int in throw error }
        }
    }

    @Test func `an idle loop does not tick`() throws {
        let counters = CounterBlock()
        let echo = try startEcho(counters: counters)
        let client = try #require(TestClient(echo.ready))
        client.send([1])
        #expect(client.receive(1) == [1])
        // Whatever happened so far took a handful of ticks; a spinning loop makes thousands in this time.
        for _ in 0..<2000 { sched_yield() }
        #expect(counters.value(at: EchoServer.Counter.ticks) < 20)
        echo.thread.stop()
        echo.thread.join()
    }

    @Test func `closing a listener that refuses new connections serves those that were made`() throws {
        let closing = try Mailbox<Int>()
        let echo = try EventLoopThread.start(name: "drain", member: LoopGroup.alone(connectionLimit: 1)) {
            loop throws(SystemError) in
            let server = EchoServer(counters: CounterBlock())
            loop.addTickObserver(server)
            // At its limit the listener leaves the second connection in the queue until it is closed.
            let listener = try Listener(at: .loopback(port: 0), acceptor: server, on: loop)
            try loop.attach(closing) { _, loop in
                listener.refuseNewConnections(on: loop)
                listener.close(on: loop)
            }
            return listener.address
        }
        let first = try #require(TestClient(echo.ready))
        let second = try #require(TestClient(echo.ready))
        first.send([1])
        #expect(first.receive(1) == [1])
        second.send([2])
        closing.send(0)
        #expect(second.receive(1) == [2])
        #expect(TestClient(echo.ready) == nil)
        echo.thread.stop()
        echo.thread.join()
    }
}

/// Lends a test's client to a second thread; sending and receiving on one socket do not disturb each other.
private struct Unchecked<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}
