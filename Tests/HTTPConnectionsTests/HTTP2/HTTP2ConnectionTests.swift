import LinuxSystem
import TestSupport
import Testing

@testable import EventLoops
@testable import HTTPConnections

/// The test plays the kernel and the client: frames in, frames out.
struct HTTP2ConnectionTests {
    /// `:status` 200 stands in the static table.
    private static let statusOK: UInt8 = 0x88
    private static let badRequest: UInt8 = 0x8c

    /// The body of the answer on a stream.
    private static func body(_ frames: [HTTP2Frame], _ stream: UInt32) -> String {
        let bytes = frames.filter { $0.kind == .data && $0.stream == stream }.flatMap(\.payload)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `a connection begins with settings, the acknowledgement of the client's, and a wider window`() throws {
        let bench = try HTTP2Bench(begins: false)
        bench.arrive(HTTP2Bench.preface + HTTP2Frame.settings().bytes)
        let sends = bench.takeSends()
        #expect(sends.count == 1)
        let frames = HTTP2Frame.read(sends.flatMap { $0 })
        #expect(frames.first?.kind == .settings && frames.first?.flags == 0)
        #expect(frames.contains(HTTP2Frame(.settings, flags: HTTP2Frame.acknowledgement)))
        let limits = HTTP2Limits()
        let expected: [(UInt16, UInt32)] = [
            (3, UInt32(limits.concurrentStreams)), (4, UInt32(limits.streamWindowByteCount)),
            (6, UInt32(HTTPLimits.headerByteCount)), (9, 1),
        ]
        #expect(frames.first == HTTP2Frame.settings(expected))
        #expect(
            frames.contains(HTTP2Frame.windowUpdate(0, UInt32(limits.connectionWindowByteCount - 65_535))))
        #expect(bench.http.connectionCount == 1)
    }

    @Test func `a preface that is cut at every byte begins a connection`() throws {
        let bytes = HTTP2Bench.preface + HTTP2Frame.settings().bytes + HTTP2Frame.request(1).bytes
        for cut in 1..<bytes.count {
            let bench = try HTTP2Bench(begins: false)
            bench.arrive(Array(bytes[..<cut]))
            bench.arrive(Array(bytes[cut...]))
            #expect(bench.handler.paths == ["/a"], "\(cut)")
        }
    }

    @Test func `requests of a tick leave together, in one send`() throws {
        let bench = try HTTP2Bench()
        bench.arrive(
            HTTP2Frame.request(1, "GET", "/1"), HTTP2Frame.request(3, "POST", "/3", isLast: false),
            HTTP2Frame.request(5, "GET", "/5"), HTTP2Frame.data(3, "hello"))
        #expect(bench.handler.paths == ["/1", "/5", "/3"])
        #expect(bench.handler.bodies == [[], [], Array("hello".utf8)])
        let sends = bench.takeSends()
        #expect(sends.count == 1)
        let frames = HTTP2Frame.read(sends.flatMap { $0 })
        for stream in [UInt32(1), 3, 5] {
            let head = frames.first { $0.kind == .headers && $0.stream == stream }
            #expect(head?.payload.first == Self.statusOK)
            #expect(Self.body(frames, stream) == "/\(stream)")
        }
        #expect(frames.filter { $0.kind == .data }.allSatisfy { $0.flags & HTTP2Frame.endStream != 0 })
    }

    @Test func `a request that is cut at every byte is answered once`() throws {
        let bytes = [
            HTTP2Frame.request(1, "POST", "/a", isLast: false), .data(1, "he", isLast: false), .data(1, "llo"),
        ]
        .flatMap(\.bytes)
        for cut in 1..<bytes.count {
            let bench = try HTTP2Bench()
            bench.arrive(Array(bytes[..<cut]))
            bench.arrive(Array(bytes[cut...]))
            #expect(bench.handler.bodies == [Array("hello".utf8)], "\(cut)")
            #expect(Self.body(bench.takeFrames(), 1) == "/a")
        }
    }

    @Test func `a deferred request is answered later, beside others`() throws {
        let bench = try HTTP2Bench()
        bench.arrive(HTTP2Frame.request(1, "GET", "/later"), HTTP2Frame.request(3))
        #expect(Self.body(bench.takeFrames(), 3) == "/a")
        bench.handler.answerDeferred()
        bench.loop.tick()
        #expect(Self.body(bench.takeFrames(), 1) == "late")
        #expect(bench.handler.lostCount == 0)
    }

    @Test func `a handler hears of a reset, and its answer goes nowhere`() throws {
        let bench = try HTTP2Bench()
        bench.arrive(HTTP2Frame.request(1, "GET", "/later"))
        bench.arrive(HTTP2Frame.reset(1), HTTP2Frame.request(3, "GET", "/later"))
        #expect(bench.handler.lostCount == 1)
        #expect(bench.handler.deferred[0] !== bench.handler.deferred[1], "a stream is not used again while it is known")
        bench.handler.answerDeferred()
        bench.loop.tick()
        #expect(bench.takeFrames().isEmpty)
        bench.handler.answerDeferred()
        bench.loop.tick()
        #expect(Self.body(bench.takeFrames(), 3) == "late")
    }

    @Test func `an answer to HEAD has its length and no body`() throws {
        let bench = try HTTP2Bench()
        bench.arrive(HTTP2Frame.request(1, "HEAD", "/a"))
        let frames = bench.takeFrames()
        #expect(frames.count == 1 && frames[0].kind == .headers)
        #expect(frames[0].flags == HTTP2Frame.endHeaders | HTTP2Frame.endStream)
    }

    @Test func `a client that waits for it is told to go on`() throws {
        let bench = try HTTP2Bench()
        bench.arrive(HTTP2Frame.request(1, "POST", "/a", [("expect", "100-continue")], isLast: false))
        let frames = bench.takeFrames()
        #expect(frames.count == 1 && frames[0].kind == .headers && frames[0].flags == HTTP2Frame.endHeaders)
        bench.arrive(HTTP2Frame.data(1, "x"))
        #expect(Self.body(bench.takeFrames(), 1) == "/a")
    }

    @Test func `a handler may answer a head before its body, and other streams go on`() throws {
        let bench = try HTTP2Bench()
        let expects = [("expect", "100-continue")]
        bench.arrive(HTTP2Frame.request(1, "POST", "/no", expects, isLast: false), HTTP2Frame.request(3))
        let frames = bench.takeFrames()
        #expect(frames.filter { $0.kind == .headers && $0.stream == 1 }.count == 1)
        #expect(Self.body(frames, 1) == "no")
        // The rest of the body is not wanted.
        #expect(frames.contains(HTTP2Frame.reset(1, code: 0)))
        #expect(Self.body(frames, 3) == "/a")
        bench.arrive(HTTP2Frame.data(1, "x"), HTTP2Frame.request(5, "POST", "/no"))
        #expect(Self.body(bench.takeFrames(), 5) == "/no", "a request without a body comes whole")
        #expect(bench.handler.paths == ["/a", "/no"])
    }

    @Test func `what was found out about a head lasts for its request`() throws {
        let bench = try HTTP2Bench()
        for stream in [UInt32(1), 5] {
            bench.arrive(HTTP2Frame.request(stream, "POST", "/known", isLast: false), .data(stream, "x"))
            bench.arrive(HTTP2Frame.request(stream + 2, "GET", "/known"))
        }
        #expect(bench.handler.marks == [true, false, true, false])
    }

    @Test func `a large body is handed over whole, and the client gets leave to send it`() throws {
        let bench = try HTTP2Bench()
        let byteCount = 3 * HTTPLoop.largeBodyByteCount
        bench.arrive(HTTP2Frame.request(1, "POST", "/a", [("content-length", "\(byteCount)")], isLast: false))
        var sent = 0
        var window = HTTP2Limits().streamWindowByteCount
        while sent < byteCount {
            let count = min(16_384, byteCount - sent, window)
            #expect(count > 0, "a client without leave waits for ever")
            sent += count
            window -= count
            bench.arrive(HTTP2Frame.data(1, [UInt8](repeating: 120, count: count), isLast: sent == byteCount))
            for frame in bench.takeFrames() where frame.kind == .windowUpdate && frame.stream == 1 {
                window += Int(frame.number())
            }
        }
        #expect(bench.handler.largeByteCounts == [byteCount])
    }

    @Test func `a body that is too long is refused, and other streams go on`() throws {
        var limits = HTTPLimits()
        limits.bodyByteCount = 10
        let bench = try HTTP2Bench(limits)
        bench.arrive(HTTP2Frame.request(1, "POST", "/a", isLast: false), .data(1, "0123456789", isLast: false))
        #expect(bench.takeFrames().isEmpty)
        bench.arrive(HTTP2Frame.data(1, "0", isLast: false), HTTP2Frame.request(3))
        let frames = bench.takeFrames()
        #expect(bench.handler.refusals == ["the request body is too long"])
        #expect(frames.first { $0.stream == 1 }?.kind == .headers)
        // The rest of the body is not wanted.
        #expect(frames.contains(HTTP2Frame.reset(1, code: 0)))
        #expect(Self.body(frames, 3) == "/a")
    }

    @Test func `a faulty head is refused, and other streams go on`() throws {
        let bench = try HTTP2Bench()
        bench.arrive(
            HTTP2Frame.request(1, "GET", "/a", [("content-length", "x")]),
            HTTP2Frame.request(3, "GET", "/a", [("host", "b")]), HTTP2Frame.request(5))
        #expect(bench.handler.paths == ["/a"])
        let frames = bench.takeFrames()
        // The library has a mind of its own about lengths: a malformed request is reset.
        #expect(frames.contains { $0.stream == 1 && ($0.kind == .reset || $0.payload.first == Self.badRequest) })
        #expect(frames.first { $0.stream == 3 }?.payload.first == Self.badRequest)
        #expect(Self.body(frames, 5) == "/a")
    }

    @Test func `answers wait for the client's leave, and go on with it`() throws {
        let bench = try HTTP2Bench()
        // SETTINGS_INITIAL_WINDOW_SIZE: three bytes of each stream.
        bench.arrive(HTTP2Frame.settings([(4, 3)]), HTTP2Frame.request(1, "GET", "/abcdef"))
        #expect(Self.body(bench.takeFrames(), 1) == "/ab")
        bench.arrive(HTTP2Frame.windowUpdate(1, 2))
        #expect(Self.body(bench.takeFrames(), 1) == "cd")
        bench.arrive(HTTP2Frame.windowUpdate(1, 200))
        let frames = bench.takeFrames()
        #expect(Self.body(frames, 1) == "ef" && frames.last?.flags == HTTP2Frame.endStream)
    }

    @Test func `an answer that nobody gives leave for is given up`() throws {
        let bench = try HTTP2Bench()
        bench.arrive(HTTP2Frame.settings([(4, 0)]), HTTP2Frame.request(1))
        #expect(bench.takeFrames().filter { $0.kind == .data }.isEmpty)
        bench.pass(.seconds(31))
        #expect(bench.takeFrames() == [HTTP2Frame.reset(1, code: 8)])
        #expect(bench.isOpen)
    }

    @Test func `a body that does not come is refused`() throws {
        let bench = try HTTP2Bench()
        bench.arrive(HTTP2Frame.request(1, "POST", "/a", isLast: false))
        bench.pass(.seconds(11))
        #expect(bench.handler.refusals == ["the request did not arrive in time"])
        #expect(bench.takeFrames().contains(HTTP2Frame.reset(1, code: 0)))
    }

    @Test func `fields that do not come end the connection`() throws {
        let bench = try HTTP2Bench()
        var head = HTTP2Frame.request(1)
        head.flags = HTTP2Frame.endStream
        bench.arrive(head)
        bench.pass(.seconds(11))
        #expect(!bench.isOpen)
    }

    @Test func `what the socket does not take goes out when it takes more`() throws {
        let bench = try HTTP2Bench()
        bench.kernel.nextSends(.sent(5))
        bench.arrive(HTTP2Frame.request(1))
        let whole = bench.takeSends()
        #expect(whole.count == 1)
        bench.kernel.nextWait(reports: (bench.socket, .output))
        bench.loop.tick()
        #expect(bench.takeSends() == [Array(whole[0].dropFirst(5))])
    }

    @Test func `a long answer goes out a share in each turn`() throws {
        let bench = try HTTP2Bench()
        bench.arrive(
            HTTP2Frame.settings([(4, 1 << 30)]), HTTP2Frame.windowUpdate(0, 1 << 30),
            HTTP2Frame.request(1, "GET", "/later"))
        _ = bench.takeFrames()
        var body = ByteBuffer()
        for _ in 0..<600_000 { body.append(UInt8(ascii: "x")) }
        _ = bench.handler.answerDeferred(body: body)
        var sizes: [Int] = []
        var received = 0
        for _ in 0..<10 where received < 600_000 {
            bench.loop.tick()
            for bytes in bench.takeSends() {
                sizes.append(bytes.count)
                received += Self.body(HTTP2Frame.read(bytes), 1).utf8.count
            }
        }
        #expect(received == 600_000)
        #expect(sizes.allSatisfy { $0 < HTTP1Connection.sentByteCountPerTurn + 16_384 + 9 } && sizes.count == 3)
    }

    @Test func `an idle connection is told and closed`() throws {
        let bench = try HTTP2Bench()
        bench.pass(.seconds(76))
        let frames = bench.takeFrames()
        #expect(frames.map(\.kind) == [.goAway] && frames[0].number(at: 4) == 0)
        #expect(!bench.isOpen)
    }

    @Test func `a connection that was busy for long is idle later`() throws {
        let bench = try HTTP2Bench()
        bench.arrive(HTTP2Frame.request(1, "GET", "/later"))
        for _ in 0..<3 { bench.pass(.seconds(76)) }
        bench.handler.answerDeferred()
        bench.loop.tick()
        _ = bench.takeFrames()
        bench.pass(.seconds(76))
        bench.pass(.seconds(76))
        #expect(!bench.isOpen)
    }

    @Test func `draining is noticed, takes what is under way, answers it, and ends`() throws {
        let bench = try HTTP2Bench()
        bench.arrive(HTTP2Frame.request(1, "GET", "/later"))
        bench.http.drain()
        bench.loop.tick()
        let notice = bench.takeFrames()
        #expect(notice.map(\.kind) == [.goAway] && notice[0].number() == 1 << 31 - 1)
        bench.arrive(HTTP2Frame.request(3))
        #expect(Self.body(bench.takeFrames(), 3) == "/a")
        bench.pass(.milliseconds(501))
        let last = bench.takeFrames()
        #expect(last.map(\.kind) == [.goAway] && last[0].number() == 3)
        bench.arrive(HTTP2Frame.request(5))
        #expect(bench.handler.paths.count == 2)
        #expect(bench.drainedCount == 0)
        bench.handler.answerDeferred()
        bench.loop.tick()
        #expect(Self.body(bench.takeFrames(), 1) == "late")
        #expect(!bench.isOpen && bench.drainedCount == 1)
    }

    @Test func `a peer that ends its side is answered first`() throws {
        let bench = try HTTP2Bench()
        bench.arrive(HTTP2Frame.request(1, "GET", "/later"))
        bench.kernel.nextWait(reports: (bench.socket, [.input, .peerFinished]))
        bench.kernel.nextReceives(.ended)
        bench.loop.tick()
        #expect(bench.handler.finishedClientCount == 1 && bench.isOpen)
        bench.handler.answerDeferred()
        bench.loop.tick()
        #expect(Self.body(bench.takeFrames(), 1) == "late")
        #expect(!bench.isOpen)
    }

    @Test func `a peer that goes takes its requests along`() throws {
        let bench = try HTTP2Bench()
        bench.arrive(HTTP2Frame.request(1, "GET", "/later"), HTTP2Frame.request(3, "GET", "/later"))
        bench.kernel.nextWait(reports: (bench.socket, [.failure, .hangUp]))
        bench.loop.tick()
        #expect(bench.handler.lostCount == 2 && !bench.isOpen && bench.http.connectionCount == 0)
        bench.handler.answerDeferred()
        bench.handler.answerDeferred()
        bench.loop.tick()
        #expect(bench.takeFrames().isEmpty)
    }

    @Test func `no more streams are open at a time than may`() throws {
        var limits = HTTPLimits()
        limits.http2.concurrentStreams = 2
        let bench = try HTTP2Bench(limits, begins: false)
        let requests = [1, 3, 5].flatMap { HTTP2Frame.request($0, "GET", "/later").bytes }
        // A client that does not know the limit yet is told to ask again: REFUSED_STREAM.
        bench.arrive(HTTP2Bench.preface + HTTP2Frame.settings().bytes + requests)
        #expect(bench.handler.deferred.count == 2)
        #expect(bench.takeFrames().contains(HTTP2Frame.reset(5, code: 7)))
        // One that knows it breaks the protocol.
        bench.arrive(HTTP2Frame(.settings, flags: HTTP2Frame.acknowledgement), .request(7))
        #expect(bench.takeFrames().last?.kind == .goAway && bench.handler.deferred.count == 2)
    }

    @Test func `a broken frame ends the connection`() throws {
        let bench = try HTTP2Bench()
        bench.arrive(HTTP2Frame.request(1, "GET", "/later"))
        bench.arrive(HTTP2Frame(.ping, [1, 2, 3]))
        let frames = bench.takeFrames()
        #expect(frames.last?.kind == .goAway && frames.last?.number(at: 4) == 6)
        bench.pass(.seconds(3))
        #expect(!bench.isOpen && bench.handler.lostCount == 1)
    }
}
