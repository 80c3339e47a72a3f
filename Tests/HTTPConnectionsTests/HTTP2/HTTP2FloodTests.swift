import LinuxSystem
import TestSupport
import Testing

@testable import EventLoops
@testable import HTTPConnections

/// Floods end a connection with ENHANCE_YOUR_CALM, at their limit and not before.
struct HTTP2FloodTests {
    private static let enhanceYourCalm: UInt32 = 11

    private static func bench() throws -> HTTP2Bench {
        var limits = HTTPLimits()
        limits.http2.resetBurst = 20
        limits.http2.controlFrameBurst = 200
        return try HTTP2Bench(limits)
    }

    private static func isCalmed(_ frames: [HTTP2Frame]) -> Bool {
        frames.contains { $0.kind == .goAway && $0.number(at: 4) == enhanceYourCalm }
    }

    /// Runs batches of frames until the connection is told to calm down, and returns how many passed.
    private static func passing(_ bench: HTTP2Bench, limit: Int, _ frame: (Int) -> [HTTP2Frame]) -> Int? {
        for index in 0..<limit {
            bench.arrive(frame(index))
            if isCalmed(bench.takeFrames()) { return index }
        }
        return nil
    }

    @Test(arguments: [
        // The client's first settings and its acknowledgement of ours have cost nine already.
        (HTTP2Frame.settings(), 23), (HTTP2Frame(.ping, [UInt8](repeating: 0, count: 8)), 95),
        (HTTP2Frame.windowUpdate(0, 1), 191), (HTTP2Frame(.priority, stream: 1, [0, 0, 0, 0, 1]), 191),
    ])
    func `control frames have an allowance`(frame: HTTP2Frame, count: Int) throws {
        let bench = try Self.bench()
        #expect(Self.passing(bench, limit: 500) { _ in [frame] } == count)
        bench.pass(.seconds(3))
        #expect(!bench.isOpen)
    }

    @Test func `so have frames without bytes`() throws {
        let bench = try Self.bench()
        bench.arrive(HTTP2Frame.request(1, "POST", "/a", isLast: false))
        #expect(Self.passing(bench, limit: 500) { _ in [HTTP2Frame.data(1, "", isLast: false)] } == 191)
    }

    @Test func `requests that are reset before they are answered have one of their own`() throws {
        let bench = try Self.bench()
        let passed = Self.passing(bench, limit: 100) { index in
            [HTTP2Frame.request(UInt32(index * 2 + 1), "GET", "/later"), HTTP2Frame.reset(UInt32(index * 2 + 1))]
        }
        #expect(passed == 20)
        #expect(bench.handler.lostCount == 21)
    }

    @Test(arguments: [UInt32(0), 8])
    func `so have those that are answered at once and reset before the answer can leave`(code: UInt32) throws {
        let bench = try Self.bench()
        let passed = Self.passing(bench, limit: 100) { index in
            [HTTP2Frame.request(UInt32(index * 2 + 1)), HTTP2Frame.reset(UInt32(index * 2 + 1), code: code)]
        }
        #expect(passed == 20)
    }

    @Test func `so have those that the client makes the server reset`() throws {
        let bench = try Self.bench()
        let passed = Self.passing(bench, limit: 100) { index in
            let stream = UInt32(index * 2 + 1)
            return [
                HTTP2Frame.request(stream, "POST", "/a", isLast: false), HTTP2Frame.data(stream, "x"),
                HTTP2Frame.windowUpdate(stream, 1 << 31 - 1),
            ]
        }
        // The server resets when the tick ends, so that the last one is noticed with the next frames.
        #expect(passed == 21)
    }

    @Test func `answered requests restore it`() throws {
        let bench = try Self.bench()
        let passed = Self.passing(bench, limit: 100) { index in
            let stream = UInt32(index * 4 + 1)
            return [HTTP2Frame.request(stream), .request(stream + 2, "GET", "/later"), .reset(stream + 2)]
        }
        #expect(passed == nil)
        #expect(bench.isOpen)
    }

    @Test func `fields beyond the limit are counted, however short they were on the wire`() throws {
        let bench = try Self.bench()
        // One long field is put into the table, then named again and again by one byte.
        var block = HTTP2Frame.block([(":method", "GET"), (":scheme", "http"), (":path", "/a"), (":authority", "a")])
        let value = String(repeating: "a", count: 3_000)
        block += [0x40] + HTTP2Frame.block([("x", value)]).dropFirst()
        block += [UInt8](repeating: 0xbe, count: 10_000)
        bench.arrive(
            HTTP2Frame(.headers, flags: HTTP2Frame.endHeaders | HTTP2Frame.endStream, stream: 1, block))
        #expect(Self.isCalmed(bench.takeFrames()))
        #expect(bench.handler.paths.isEmpty)
    }

    @Test func `a long head is refused alone`() throws {
        let bench = try Self.bench()
        let fields = (0..<12).map { ("x-\($0)", String(repeating: "a", count: 3_000)) }
        let block = HTTP2Frame.request(1, "GET", "/a", fields).payload
        let pieces = stride(from: 0, to: block.count, by: 16_384).map {
            Array(block[$0..<min($0 + 16_384, block.count)])
        }
        var frames = [HTTP2Frame(.headers, flags: HTTP2Frame.endStream, stream: 1, pieces[0])]
        for (index, piece) in pieces.enumerated().dropFirst() {
            let flags = index == pieces.count - 1 ? HTTP2Frame.endHeaders : 0
            frames.append(HTTP2Frame(.continuation, flags: flags, stream: 1, piece))
        }
        bench.arrive(frames + [HTTP2Frame.request(3)])
        #expect(bench.handler.refusals == ["the header fields are too long"] && bench.handler.paths == ["/a"])
    }

    @Test func `continuations without end close the connection`() throws {
        let bench = try Self.bench()
        var head = HTTP2Frame.request(1)
        head.flags = 0
        bench.arrive(head)
        for _ in 0..<20 where bench.isOpen { bench.arrive(HTTP2Frame(.continuation, stream: 1, [0x88 & 0])) }
        bench.pass(.seconds(3))
        #expect(!bench.isOpen && HTTP2Limits.continuationsPerHead == 8)
    }

    @Test(arguments: [(HTTP2Limits.settingsPerFrame, true), (HTTP2Limits.settingsPerFrame + 1, false)])
    func `a frame of settings has a limit of entries`(count: Int, isOpen: Bool) throws {
        let bench = try Self.bench()
        bench.arrive(HTTP2Frame.settings(Array(repeating: (3, 100), count: count)))
        bench.pass(.seconds(3))
        #expect(bench.isOpen == isOpen)
    }

    @Test func `frames that ask for nothing are read in turns`() throws {
        let bench = try HTTP2Bench()
        let ping = HTTP2Frame(.ping, [UInt8](repeating: 0, count: 8))
        bench.arrive(Array(repeating: ping, count: 1_500))
        var acknowledged: [Int] = []
        while acknowledged.reduce(0, +) < 1_500, acknowledged.count < 100 {
            acknowledged.append(bench.takeFrames().count { $0.kind == .ping })
            bench.pass(.zero)
        }
        #expect(acknowledged.reduce(0, +) == 1_500 && bench.isOpen)
        // The client has been calm so far; what one piece brings is within what the library lets wait.
        #expect(acknowledged[0] == HTTP2Limits.pieceByteCount / ping.bytes.count)
        #expect(acknowledged[0] <= HTTP2Limits.waitingAcknowledgements)
        // A turn ends with the piece by which its work is done; a PING counts two.
        let piece = HTTP2Limits.cautiousPieceByteCount / ping.bytes.count + 1
        #expect(acknowledged.dropFirst().allSatisfy { $0 <= HTTP2Limits.workPerTurn / 2 + piece })
    }

    @Test func `what waits for its turn is read before what comes behind it`() throws {
        let bench = try HTTP2Bench()
        let ping = HTTP2Frame(.ping, [UInt8](repeating: 0, count: 8))
        bench.arrive(Array(repeating: ping, count: 1_500) + [HTTP2Frame.request(1, "GET", "/a")])
        #expect(bench.handler.paths.isEmpty)
        bench.arrive(HTTP2Frame.request(3, "GET", "/b"))
        for _ in 0..<20 { bench.pass(.zero) }
        #expect(bench.handler.paths == ["/a", "/b"])
    }

    @Test func `a client that is trusted loses that by one piece`() {
        #expect(HTTP2Limits.calmPieceWork < HTTP2Limits.workPerTurn)
        // Settings at the beginning and their acknowledgement are what every client sends.
        var meter = HTTP2FloodMeter(HTTP2Limits())
        meter.received(.settings, at: .zero)
        meter.received(.other, at: .zero)
        #expect(meter.work == 5 && meter.work <= HTTP2Limits.calmPieceWork)
        meter.received(.reset, at: .zero)
        #expect(meter.work == 13)
    }

    @Test(arguments: [(0, true), (1, false)])
    func `a body has a limit of frames`(more: Int, isTaken: Bool) throws {
        let bench = try HTTP2Bench()
        bench.arrive(HTTP2Frame.request(1, "POST", "/a", isLast: false))
        var left = HTTP2Limits.framesPerBody + more
        while left > 0 {
            let count = min(left, 16_384)
            left -= count
            var frames = Array(repeating: HTTP2Frame.data(1, "x", isLast: false).bytes, count: count - 1)
            frames.append(HTTP2Frame.data(1, "x", isLast: left == 0).bytes)
            bench.arrive(frames.flatMap { $0 })
        }
        #expect(bench.handler.paths.isEmpty != isTaken)
        #expect(bench.handler.refusals.isEmpty == isTaken)
    }

    @Test func `what waits to be sent has a limit, beyond which requests are refused`() throws {
        var limits = HTTP2Limits()
        limits.waitingByteCount = 5
        let bench = try HTTP2Bench(HTTPLimits(limits))
        bench.arrive(
            HTTP2Frame.settings([(4, 0)]), HTTP2Frame.request(1, "GET", "/abcde"), HTTP2Frame.request(3))
        #expect(bench.takeFrames().contains(HTTP2Frame.reset(3, code: 7)))
        bench.arrive(HTTP2Frame.windowUpdate(1, 3))
        bench.arrive(HTTP2Frame.request(5))
        #expect(bench.handler.paths == ["/abcde", "/a"])
    }

    @Test func `what waits for all clients has a limit, beyond which one that takes nothing is sent away`() throws {
        var limits = HTTPLimits()
        limits.unreadAnswerByteCount = 5
        let bench = try HTTP2Bench(limits)
        bench.arrive(HTTP2Frame.settings([(4, 0)]), HTTP2Frame.request(1, "GET", "/abcd"))
        #expect(bench.isOpen && bench.http.backlog.byteCount == 5 && bench.handler.givenUp.isEmpty)
        _ = bench.takeFrames()
        bench.arrive(HTTP2Frame.request(3, "GET", "/e"), HTTP2Frame.request(5, "GET", "/f"))
        let frames = bench.takeFrames()
        #expect(frames.contains(HTTP2Frame.reset(5, code: 7)), "while too much waits, nothing more is begun")
        #expect(Self.isCalmed(frames) && frames.last?.kind == .goAway)
        #expect(bench.handler.givenUp.map(\.byteCount) == [7] && bench.handler.givenUp[0].connectionCount == 1)
        #expect(bench.handler.ends == [.unread] && !bench.isOpen && bench.http.backlog.byteCount == 0)
    }

    @Test func `a client whose socket takes nothing is let go without a word`() throws {
        var limits = HTTPLimits()
        limits.unreadAnswerByteCount = 20
        let bench = try HTTP2Bench(limits)
        bench.kernel.nextSends(.sent(1))
        bench.arrive(HTTP2Frame.request(1, "GET", "/a-path-of-some-length"))
        #expect(bench.takeSends().count == 1)
        #expect(bench.handler.ends == [.unread] && !bench.isOpen && bench.http.backlog.byteCount == 0)
    }

    @Test func `answers in work are lost with their connection`() throws {
        var limits = HTTPLimits()
        limits.unreadAnswerByteCount = 5
        let bench = try HTTP2Bench(limits)
        bench.arrive(
            HTTP2Frame.settings([(4, 0)]), HTTP2Frame.request(1, "GET", "/later"),
            HTTP2Frame.request(3, "GET", "/abcde"))
        #expect(bench.handler.lostCount == 1 && !bench.isOpen)
        bench.handler.answerDeferred()
        #expect(bench.http.backlog.byteCount == 0)
    }

    @Test func `bodies that arrive have a limit together, beyond which only the oldest goes on`() throws {
        var limits = HTTP2Limits()
        limits.arrivingByteCount = 100_000
        let bench = try HTTP2Bench(HTTPLimits(limits))
        bench.arrive([1, 3].map { HTTP2Frame.request($0, "POST", "/a", isLast: false) })
        func send(_ stream: UInt32, isLast: Bool = false) -> Set<UInt32> {
            let pieces = (0..<10).map { index in
                HTTP2Frame.data(stream, [UInt8](repeating: 1, count: 16_000), isLast: isLast && index == 9)
            }
            bench.arrive(pieces)
            return Set(bench.takeFrames().filter { $0.kind == .windowUpdate && $0.stream != 0 }.map(\.stream))
        }
        #expect(send(1) == [1], "the oldest gets leave beyond the limit")
        #expect(send(3) == [], "another does not")
        #expect(send(1, isLast: true).contains(3), "but when the oldest is complete")
        #expect(bench.handler.largeByteCounts == [320_000])
    }
}
