import LinuxSystem
import TestSupport
import Testing

@testable import EventLoops
@testable import HTTPConnections

/// The test plays the kernel: bytes in, exact system calls out.
struct HTTP1ConnectionTests {
    /// A loop on a scripted kernel with one connection, whose descriptor is `socket`.
    private final class Bench {
        let kernel = ScriptedKernel()
        let clock = FakeClock()
        let handler = PathHandler()
        let loop: EventLoop
        let http: HTTPLoop
        let listener: Listener
        let socket: Int32 = 102
        private(set) var drainedCount = 0

        init(_ limits: HTTPLimits = HTTPLimits()) throws {
            loop = try EventLoop(kernel: kernel, clock: clock)
            final class Box { var count = 0 }
            let box = Box()
            http = HTTPLoop(on: loop, limits: limits, handler: handler) { box.count += 1 }
            listener = try Listener(at: .loopback(port: 0), acceptor: http, on: loop)
            kernel.nextAccepts(.connection)
            kernel.nextWait(reports: (101, .input))
            loop.tick()
            _ = kernel.takeCalls()
            readDrained = { box.count }
        }

        var readDrained: () -> Int = { 0 }

        /// Lets bytes arrive and runs one tick.
        func arrive(_ text: String) { arrive(Array(text.utf8)) }

        func arrive(_ bytes: [UInt8]) {
            kernel.nextWait(reports: (socket, .input))
            kernel.nextReceives(.bytes(bytes))
            loop.tick()
        }

        /// What was sent since the last look, one text per system call.
        func takeSent() -> [String] {
            kernel.takeCalls().compactMap { call in
                if case .send(_, let bytes) = call { String(decoding: bytes, as: UTF8.self) } else { nil }
            }
        }

        var isOpen: Bool { kernel.openDescriptors.contains(socket) }
    }

    private static func get(_ path: String, _ fields: String = "") -> String {
        "GET \(path) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n"
    }

    private static func answer(_ body: String, _ persistence: String = "") -> String {
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n\(persistence)"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    @Test func `a whole request costs one receive and one send`() throws {
        let bench = try Bench()
        bench.arrive(Self.get("/a"))
        let calls = bench.kernel.takeCalls().filter { if case .wait = $0 { false } else { true } }
        #expect(calls.count == 2)
        #expect(bench.handler.paths == ["/a"])
    }

    @Test func `a request cut at every byte is answered once`() throws {
        let bytes = Array("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello".utf8)
        for cut in 1..<bytes.count {
            let bench = try Bench()
            bench.arrive(Array(bytes[..<cut]))
            #expect(bench.handler.paths.isEmpty)
            bench.arrive(Array(bytes[cut...]))
            #expect(bench.handler.paths == ["/a"])
            #expect(bench.handler.bodies == [Array("hello".utf8)])
        }
    }

    @Test func `pipelined requests are answered in order and leave in one send`() throws {
        let bench = try Bench()
        bench.arrive(Self.get("/1") + Self.get("/2") + Self.get("/3"))
        #expect(bench.takeSent() == [Self.answer("/1") + Self.answer("/2") + Self.answer("/3")])
    }

    @Test func `requests behind a deferred one wait for its answer`() throws {
        let bench = try Bench()
        bench.arrive(Self.get("/1") + Self.get("/later") + Self.get("/3"))
        #expect(bench.takeSent() == [Self.answer("/1")])
        #expect(bench.handler.paths == ["/1", "/later"])
        bench.handler.answerDeferred()
        #expect(bench.takeSent() == [Self.answer("late") + Self.answer("/3")])
    }

    @Test func `what the socket does not take goes out when it takes more`() throws {
        let bench = try Bench()
        bench.kernel.nextSends(.sent(10))
        bench.arrive(Self.get("/a"))
        let whole = Self.answer("/a")
        _ = bench.takeSent()
        bench.kernel.nextWait(reports: (bench.socket, .output))
        bench.loop.tick()
        #expect(bench.takeSent() == [String(decoding: Array(whole.utf8.dropFirst(10)), as: UTF8.self)])
    }

    @Test func `what waits for all clients has a limit, beyond which one that takes nothing is let go`() throws {
        var limits = HTTPLimits()
        limits.unreadAnswerByteCount = Self.answer("/a").utf8.count - 10
        let bench = try Bench(limits)
        bench.loop.addTickObserver(bench.http)
        bench.kernel.nextSends(.sent(10))
        bench.arrive(Self.get("/a"))
        #expect(bench.isOpen && bench.http.backlog.byteCount == limits.unreadAnswerByteCount)
        bench.kernel.nextSends(.sent(5))
        bench.kernel.nextWait(reports: (bench.socket, .output))
        bench.loop.tick()
        #expect(bench.isOpen && bench.http.backlog.byteCount == limits.unreadAnswerByteCount - 5)
        bench.kernel.nextWait(reports: (bench.socket, .output))
        bench.loop.tick()
        #expect(bench.isOpen && bench.http.backlog.byteCount == 0 && bench.handler.ends.isEmpty)
        bench.kernel.nextSends(.sent(9))
        bench.arrive(Self.get("/a"))
        #expect(!bench.isOpen && bench.handler.ends == [.unread] && bench.http.backlog.byteCount == 0)
        #expect(bench.handler.givenUp.map(\.byteCount) == [limits.unreadAnswerByteCount + 1])
    }

    @Test func `no request is begun while an answer waits to be sent`() throws {
        let bench = try Bench()
        bench.kernel.nextSends(.wouldBlock)
        bench.arrive(Self.get("/1"))
        bench.kernel.nextWait(reports: (bench.socket, .input))
        bench.loop.tick()
        #expect(bench.handler.paths == ["/1"])
        bench.kernel.nextReceives(.bytes(Array(Self.get("/2").utf8)))
        bench.kernel.nextWait(reports: (bench.socket, .output))
        bench.loop.tick()
        #expect(bench.handler.paths == ["/1", "/2"])
    }

    @Test func `a client that asks for it is closed after its answer`() throws {
        let bench = try Bench()
        bench.arrive(Self.get("/a", "Connection: close\r\n"))
        #expect(bench.takeSent() == [Self.answer("/a", "Connection: close\r\n")])
        #expect(!bench.isOpen)
    }

    @Test func `faulty framing is answered, then the rest is read and dropped`() throws {
        let bench = try Bench()
        bench.arrive("GET /a HTTP/1.1\nHost: a\n\n" + Self.get("/b"))
        #expect(bench.handler.refusals.count == 1)
        #expect(bench.handler.paths.isEmpty)
        #expect(bench.takeSent().first?.hasPrefix("HTTP/1.1 400 Bad Request\r\n") == true)
        #expect(bench.isOpen)
        bench.arrive(Self.get("/c"))
        #expect(bench.handler.paths.isEmpty)
        bench.clock.advance(by: .seconds(3))
        bench.loop.tick()
        #expect(!bench.isOpen)
    }

    @Test func `a head that does not come in time is refused`() throws {
        let bench = try Bench()
        bench.arrive("GET /a HT")
        bench.clock.advance(by: .seconds(11))
        bench.loop.tick()
        #expect(bench.takeSent().first?.hasPrefix("HTTP/1.1 408 Request Timeout\r\n") == true)
    }

    @Test func `an idle connection is closed in silence`() throws {
        let bench = try Bench()
        bench.clock.advance(by: .seconds(76))
        bench.loop.tick()
        #expect(bench.takeSent().isEmpty)
        #expect(!bench.isOpen)
    }

    @Test func `an empty line behind a request begins no request`() throws {
        let bench = try Bench()
        bench.arrive(Self.get("/a"))
        bench.arrive("\r\n")
        bench.clock.advance(by: .seconds(20))
        bench.loop.tick()
        #expect(bench.isOpen)
        bench.arrive(Self.get("/b"))
        #expect(bench.handler.paths == ["/a", "/b"])
    }

    @Test func `a client that waits for it is told to go on`() throws {
        let bench = try Bench()
        bench.arrive("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        #expect(bench.takeSent() == ["HTTP/1.1 100 Continue\r\n\r\n"])
        bench.arrive("ok")
        #expect(bench.takeSent() == [Self.answer("/a")])
    }

    @Test(arguments: [
        "Content-Length: \(HTTPLimits.toleratedBodyByteCount + 1)", "Transfer-Encoding: chunked",
        "Content-Length: 2\r\nExpect: 100-continue",
    ])
    func `a handler may answer a head before its body, and the connection ends`(framing: String) throws {
        let bench = try Bench()
        bench.arrive("POST /no HTTP/1.1\r\nHost: a\r\n\(framing)\r\n\r\n2")
        let answer = "HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n"
        #expect(bench.takeSent() == [answer + "Content-Length: 2\r\n\r\nno"])
        bench.arrive("\r\nab\r\n0\r\n\r\n" + Self.get("/a"))
        #expect(bench.handler.paths.isEmpty && bench.takeSent().isEmpty)
        bench.clock.advance(by: .seconds(3))
        bench.loop.tick()
        #expect(!bench.isOpen)
    }

    @Test func `a short body is taken before its head is judged, so that the connection goes on`() throws {
        let bench = try Bench()
        let byteCount = HTTPLimits.toleratedBodyByteCount
        bench.arrive("POST /no HTTP/1.1\r\nHost: a\r\nContent-Length: \(byteCount)\r\n\r\n")
        #expect(bench.takeSent().isEmpty)
        bench.arrive([UInt8](repeating: 120, count: byteCount))
        bench.arrive(Self.get("/a"))
        #expect(bench.handler.paths == ["/no", "/a"])
    }

    @Test func `what was found out about a head lasts for its request`() throws {
        let bench = try Bench()
        let request = "POST /known HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        bench.arrive(request + Self.get("/known") + request)
        #expect(bench.handler.marks == [true, false, true])
    }

    @Test func `a chunked body arrives without its framing`() throws {
        let bench = try Bench()
        bench.arrive("POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r")
        bench.arrive("\nde\r\n0\r\n\r\n" + Self.get("/b"))
        #expect(bench.handler.bodies == [Array("abcde".utf8), []])
        #expect(bench.handler.paths == ["/a", "/b"])
    }

    @Test func `a large body is handed over whole`() throws {
        let bench = try Bench()
        let byteCount = HTTPLoop.largeBodyByteCount
        bench.arrive("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: \(byteCount)\r\n\r\n")
        bench.arrive(String(repeating: "x", count: byteCount))
        #expect(bench.handler.largeByteCounts == [byteCount])
    }

    @Test func `memory for a long body is claimed as it arrives, up to its length`() throws {
        let bench = try Bench()
        let piece = 256 << 10
        let byteCount = 20 * piece
        bench.arrive("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: \(byteCount)\r\n\r\n")
        for _ in 0..<20 { bench.arrive(Array(repeating: 120, count: piece)) }
        // One piece, then the rest: no more than was announced, and no doubling.
        #expect(bench.handler.largeCapacities == [byteCount])
        #expect(bench.handler.largeByteCounts == [byteCount] && HTTP1Connection.bodyGrowth == 63)
    }

    /// The sizes of what was sent in each of the ticks until nothing is left.
    private func sentSizes(_ bench: Bench) -> [Int] {
        var sizes: [Int] = []
        for _ in 0..<10 {
            let sent = bench.takeSent()
            if sent.isEmpty { break }
            sizes.append(sent.reduce(0) { $0 + $1.utf8.count })
            bench.loop.tick()
        }
        return sizes
    }

    @Test func `a long answer goes out a piece in each turn, from the buffer that it stands in`() throws {
        let bench = try Bench()
        let piece = HTTP1Connection.sentByteCountPerTurn
        bench.arrive(Self.get("/later"))
        var body = ByteBuffer()
        for _ in 0..<(2 * piece + 100) { body.append(UInt8(ascii: "x")) }
        let head = "HTTP/1.1 200 OK\r\nContent-Length: \(body.count)\r\n\r\n"
        #expect(bench.handler.answerDeferred(body: body) == 0)
        #expect(sentSizes(bench) == [piece, piece, head.utf8.count + 100])
        // The next request is not begun before.
        bench.arrive(Self.get("/b"))
        #expect(bench.takeSent() == [Self.answer("/b")])
    }

    @Test func `an answer of one piece leaves at once and its buffer stays`() throws {
        let bench = try Bench()
        bench.arrive(Self.get("/later"))
        var body = ByteBuffer()
        for _ in 0..<100_000 { body.append(UInt8(ascii: "x")) }
        #expect(bench.handler.answerDeferred(body: body) == 100_000)
        #expect(bench.takeSent().count == 1)
    }

    @Test(arguments: [10, 100, 300_000])
    func `a long answer that the socket does not take goes on where it stopped`(firstByteCount: Int) throws {
        let bench = try Bench()
        bench.arrive(Self.get("/later"))
        var body = ByteBuffer()
        for index in 0..<400_000 { body.append(UInt8(truncatingIfNeeded: index % 251)) }
        var whole = Array("HTTP/1.1 200 OK\r\nContent-Length: 400000\r\n\r\n".utf8)
        for index in body.bytes.indices { whole.append(body.bytes[index]) }
        let taken = min(firstByteCount, HTTP1Connection.sentByteCountPerTurn)
        bench.kernel.nextSends(.sent(taken))
        _ = bench.handler.answerDeferred(body: body)
        _ = bench.kernel.takeCalls()
        var found = Array(whole[..<taken])
        for _ in 0..<4 {
            bench.kernel.nextWait(reports: (bench.socket, .output))
            bench.loop.tick()
            for call in bench.kernel.takeCalls() {
                if case .send(_, let bytes) = call { found += bytes }
            }
        }
        #expect(found == whole)
    }

    @Test func `one connection receives one share in each turn`() throws {
        let bench = try Bench()
        let piece = EventLoopsLimits.receiveByteCount
        bench.arrive("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: \(3 * piece)\r\n\r\n")
        bench.kernel.nextWait(reports: (bench.socket, .input))
        bench.kernel.nextReceives(
            .bytes(Array(repeating: 120, count: piece)), .bytes(Array(repeating: 120, count: piece)),
            .bytes(Array(repeating: 120, count: piece)))
        for turn in 1...3 {
            _ = bench.kernel.takeCalls()
            #expect(bench.handler.largeByteCounts.isEmpty)
            bench.loop.tick()
            let receiveCount = bench.kernel.takeCalls().count { if case .receive = $0 { true } else { false } }
            #expect(receiveCount == 1, "turn \(turn)")
        }
        #expect(bench.handler.largeByteCounts == [3 * piece])
    }

    @Test func `the handler is told that a client ended its side while a request of it waits`() throws {
        let bench = try Bench()
        bench.arrive(Self.get("/later"))
        #expect(bench.handler.finishedClientCount == 0)
        bench.kernel.nextWait(reports: (bench.socket, [.input, .peerFinished]))
        bench.kernel.nextReceives(.ended)
        bench.loop.tick()
        #expect(bench.handler.finishedClientCount == 1 && bench.isOpen)
        bench.handler.abandonDeferred()
        #expect(!bench.isOpen && bench.takeSent().isEmpty)
    }

    @Test func `a peer that has finished sending is still answered`() throws {
        let bench = try Bench()
        bench.kernel.nextWait(reports: (bench.socket, [.input, .peerFinished]))
        bench.kernel.nextReceives(.bytes(Array(Self.get("/later").utf8)), .ended)
        bench.loop.tick()
        #expect(bench.isOpen)
        bench.handler.answerDeferred()
        #expect(bench.takeSent() == [Self.answer("late")])
        #expect(!bench.isOpen)
    }

    @Test func `requests that arrive together with the peer's end are all answered`() throws {
        let bench = try Bench()
        bench.kernel.nextWait(reports: (bench.socket, [.input, .peerFinished]))
        bench.kernel.nextReceives(.bytes(Array((Self.get("/1") + Self.get("/2")).utf8)), .ended)
        bench.loop.tick()
        #expect(bench.takeSent() == [Self.answer("/1") + Self.answer("/2")])
        #expect(!bench.isOpen)
    }

    @Test func `what waits unread behind instant answers is bounded`() throws {
        var limits = HTTPLimits()
        limits.requestsPerTurn = 1
        let bench = try Bench(limits)
        let burst = String(repeating: Self.get("/a"), count: 4_000)
        bench.arrive(burst)
        _ = bench.kernel.takeCalls()
        // The next burst stays with the kernel until the first has been worked off.
        bench.kernel.nextReceives(.bytes(Array(burst.utf8)))
        bench.kernel.nextWait(reports: (bench.socket, .input))
        bench.loop.tick()
        let hasReceived = bench.kernel.takeCalls().contains { call in
            if case .receive = call { true } else { false }
        }
        #expect(!hasReceived)
        #expect(bench.isOpen)
    }

    @Test func `a refused connection is closed even if the peer never does`() throws {
        let bench = try Bench()
        bench.arrive("GET /a HT")
        bench.clock.advance(by: .seconds(11))
        bench.loop.tick()
        bench.clock.advance(by: .seconds(3))
        bench.loop.tick()
        #expect(!bench.isOpen)
    }

    @Test func `pipelined requests that have arrived are answered while draining`() throws {
        let bench = try Bench()
        bench.arrive(Self.get("/later") + Self.get("/2") + Self.get("/3"))
        bench.http.drain()
        bench.handler.answerDeferred()
        #expect(
            bench.takeSent() == [
                Self.answer("late") + Self.answer("/2") + Self.answer("/3", "Connection: close\r\n")
            ])
        #expect(!bench.isOpen)
    }

    @Test func `an answer to a connection that was lost goes nowhere`() throws {
        let bench = try Bench()
        bench.arrive(Self.get("/later"))
        bench.kernel.nextWait(reports: (bench.socket, [.failure, .hangUp]))
        bench.loop.tick()
        #expect(!bench.isOpen)
        bench.handler.answerDeferred()
        #expect(bench.takeSent().isEmpty)
    }

    @Test(arguments: [10, 100_000])
    func `a client that is gone when its answer is sent is closed`(byteCount: Int) throws {
        let bench = try Bench()
        bench.arrive(Self.get("/later"))
        var body = ByteBuffer()
        for _ in 0..<byteCount { body.append(UInt8(ascii: "x")) }
        bench.kernel.nextSends(.failed(SystemError("send", number: 104)))
        _ = bench.handler.answerDeferred(body: body)
        #expect(!bench.isOpen && bench.http.connectionCount == 0)
    }

    @Test func `draining lets a deferred request be answered and then reports`() throws {
        let bench = try Bench()
        bench.arrive(Self.get("/later"))
        bench.http.drain()
        #expect(bench.readDrained() == 0)
        bench.handler.answerDeferred()
        #expect(bench.takeSent() == [Self.answer("late", "Connection: close\r\n")])
        #expect(!bench.isOpen)
        #expect(bench.readDrained() == 1)
    }

    @Test func `draining closes a connection that has long been idle and reports at once`() throws {
        let bench = try Bench()
        bench.clock.advance(by: .seconds(5))
        bench.loop.tick()
        bench.http.drain()
        #expect(!bench.isOpen)
        #expect(bench.readDrained() == 1)
    }

    @Test func `one connection's many requests leave room for others`() throws {
        var limits = HTTPLimits()
        limits.requestsPerTurn = 2
        let bench = try Bench(limits)
        bench.arrive((1...5).map { Self.get("/\($0)") }.joined())
        #expect(bench.handler.paths == ["/1", "/2"])
        bench.loop.tick()
        #expect(bench.handler.paths == ["/1", "/2", "/3", "/4"])
        bench.loop.tick()
        #expect(bench.handler.paths.count == 5)
    }

    @Test func `what waits unread behind the request in work has a limit of bytes`() throws {
        var limits = HTTPLimits()
        limits.pipelinedByteCount = HTTPLimits.requestLineByteCount
        let bench = try Bench(limits)
        bench.arrive(Self.get("/later"))
        func receives(_ byteCount: Int) -> Bool {
            _ = bench.kernel.takeCalls()
            bench.arrive([UInt8](repeating: UInt8(ascii: "x"), count: byteCount))
            return bench.kernel.takeCalls().contains { if case .receive = $0 { true } else { false } }
        }
        #expect(receives(limits.pipelinedByteCount - 1))
        #expect(receives(1))
        #expect(!receives(1))
        #expect(bench.isOpen)
    }

    @Test(arguments: [(0, ["/1", "/2"]), (1, ["/1", "/2", "/3"])])
    func `no request is begun while as many bytes wait to be sent as may`(more: Int, begun: [String]) throws {
        var limits = HTTPLimits()
        limits.unsentByteCount = 2 * Self.answer("/1").utf8.count + more
        let bench = try Bench(limits)
        bench.arrive(Self.get("/1") + Self.get("/2") + Self.get("/3"))
        #expect(bench.handler.paths == begun)
        // What waited goes out, and the rest has its turn.
        bench.loop.tick()
        #expect(bench.handler.paths == ["/1", "/2", "/3"])
    }
}
