import LinuxSystem
import TestSupport
import Testing

@testable import EventLoops
@testable import HTTPConnections

/// Calls of gRPC: trailers, answers without a body, bodies that come as they come, answers in parts.
struct HTTP2StreamTests {
    private static let grpc = [("content-type", "application/grpc"), ("te", "trailers")]

    private static func bench(_ limits: HTTPLimits = HTTPLimits()) throws -> (HTTP2Bench, CallHandler) {
        let handler = CallHandler()
        return (try HTTP2Bench(limits, handler: handler), handler)
    }

    private static func call(_ path: String, _ stream: UInt32 = 1) -> HTTP2Frame {
        HTTP2Frame.request(stream, "POST", path, grpc, isLast: false)
    }

    @Test func `a call is answered by a head, a body and trailers`() throws {
        let (bench, _) = try Self.bench()
        bench.arrive(Self.call("/whole"), HTTP2Frame.data(1, "message"))
        let frames = bench.takeFrames()
        #expect(frames.map(\.kind) == [.headers, .data, .headers])
        #expect(frames[1].payload == Array("message".utf8) && frames[1].flags == 0)
        #expect(frames[2].flags == HTTP2Frame.endHeaders | HTTP2Frame.endStream)
    }

    @Test func `a call that fails is answered by one head`() throws {
        let (bench, _) = try Self.bench()
        bench.arrive(Self.call("/refuse"), HTTP2Frame.data(1, "message"))
        let frames = bench.takeFrames()
        #expect(frames.map(\.kind) == [.headers])
        #expect(frames[0].flags == HTTP2Frame.endHeaders | HTTP2Frame.endStream)
        #expect(frames[0].payload.first == 0x88, "a call's status of HTTP is 200")
    }

    @Test func `a call that is refused below its handler has a status of its own`() throws {
        var limits = HTTPLimits()
        limits.bodyByteCount = 3
        let (bench, _) = try Self.bench(limits)
        bench.arrive(Self.call("/whole"), HTTP2Frame.data(1, "message"))
        let frames = bench.takeFrames()
        #expect(frames.map(\.kind) == [.headers] && frames[0].payload.first == 0x88)
    }

    @Test(arguments: [
        (HTTPStatus.contentTooLarge, UInt8(8)), (.headerTooLarge, 8), (.requestTimeout, 1), (.notImplemented, 12),
        (.badRequest, 13),
    ])
    func `statuses of HTTP have codes of gRPC`(status: HTTPStatus, code: UInt8) {
        #expect(GRPCStatus(refusedWith: status, messageByteCount: 0).code == code)
    }

    @Test func `a body comes as it comes, and leave to send more as it is used up`() throws {
        let (bench, handler) = try Self.bench()
        bench.arrive(Self.call("/stream"))
        #expect(handler.streams.count == 1)
        bench.arrive(HTTP2Frame.data(1, "one", isLast: false))
        bench.arrive(HTTP2Frame.data(1, "two", isLast: false), .data(1, "three"))
        #expect(handler.received == ["one", "two", "three", ""].map { Array($0.utf8) })
        #expect(handler.hasEnded)
    }

    @Test func `what is not used up is offered again`() throws {
        let (bench, handler) = try Self.bench()
        handler.appetite = 2
        bench.arrive(Self.call("/stream"), HTTP2Frame.data(1, "abcde", isLast: false))
        handler.streams[0].resumeBody()
        handler.appetite = nil
        bench.arrive(HTTP2Frame.data(1, "fg", isLast: false))
        #expect(handler.received == ["ab", "cd", "efg"].map { Array($0.utf8) })
    }

    @Test func `a client has no leave beyond what is used up`() throws {
        let (bench, handler) = try Self.bench()
        handler.appetite = 0
        bench.arrive(Self.call("/stream"))
        let window = HTTP2Limits().streamWindowByteCount
        for _ in 0..<window / 16_384 {
            bench.arrive(HTTP2Frame.data(1, [UInt8](repeating: 1, count: 16_384), isLast: false))
        }
        #expect(!bench.takeFrames().contains { $0.kind == .windowUpdate && $0.stream == 1 })
        handler.appetite = nil
        handler.streams[0].resumeBody()
        bench.loop.tick()
        #expect(bench.takeFrames() == [HTTP2Frame.windowUpdate(1, UInt32(window))])
    }

    @Test func `an answer may come in parts, before its request is complete`() throws {
        let (bench, handler) = try Self.bench()
        bench.arrive(Self.call("/stream"))
        let stream = handler.streams[0]
        stream.beginAnswer(HTTPResponseHead(.ok, .grpc))
        bench.loop.tick()
        #expect(bench.takeFrames().map(\.kind) == [.headers])
        stream.send(Array("one".utf8).span)
        bench.loop.tick()
        #expect(bench.takeFrames() == [HTTP2Frame.data(1, "one", isLast: false)])
        bench.arrive(HTTP2Frame.data(1, "x"))
        stream.send(Array("two".utf8).span)
        stream.send(Array("three".utf8).span)
        stream.endAnswer(0)
        bench.loop.tick()
        let frames = bench.takeFrames()
        #expect(frames.map(\.kind) == [.data, .headers])
        #expect(frames[0].payload == Array("twothree".utf8) && frames[1].flags & HTTP2Frame.endStream != 0)
        #expect(!stream.isOpen && handler.lostCount == 0)
        stream.send(Array("late".utf8).span)
        stream.endAnswer(0)
        bench.loop.tick()
        #expect(bench.takeFrames().isEmpty)
    }

    @Test func `an answer that ends before its request tells the client to stop`() throws {
        let (bench, handler) = try Self.bench()
        bench.arrive(Self.call("/stream"))
        handler.streams[0].beginAnswer(HTTPResponseHead(.ok, .grpc))
        handler.streams[0].endAnswer(4, message: Array("late".utf8).span)
        bench.loop.tick()
        let frames = bench.takeFrames()
        #expect(frames.map(\.kind) == [.headers, .headers, .reset])
        #expect(frames.last?.number() == 0)
    }

    @Test func `the client's leave holds parts back, and the handler can see how much`() throws {
        let (bench, handler) = try Self.bench()
        bench.arrive(HTTP2Frame.settings([(4, 4)]), Self.call("/stream"))
        handler.streams[0].beginAnswer(HTTPResponseHead(.ok, .grpc))
        handler.streams[0].send(Array("abcdef".utf8).span)
        bench.loop.tick()
        #expect(bench.takeFrames().last == HTTP2Frame.data(1, "abcd", isLast: false))
        #expect(handler.streams[0].waitingByteCount == 2)
        bench.arrive(HTTP2Frame.windowUpdate(1, 10))
        #expect(bench.takeFrames() == [HTTP2Frame.data(1, "ef", isLast: false)])
    }

    @Test func `a stream that was begun may be answered at once, or given up`() throws {
        let (bench, handler) = try Self.bench()
        bench.arrive(Self.call("/stream"), Self.call("/stream", 3))
        handler.streams[0].answer { reply in
            reply.append("all")
            var head = HTTPResponseHead(.ok, .grpc)
            head.grpcStatus = .ok
            return head
        }
        handler.streams[1].abandon()
        bench.loop.tick()
        let frames = bench.takeFrames()
        #expect(frames.filter { $0.stream == 1 }.map(\.kind) == [.headers, .data, .headers, .reset])
        #expect(frames.filter { $0.stream == 3 } == [HTTP2Frame.reset(3)])
        #expect(handler.lostCount == 1)
    }

    @Test func `a client that resets a stream takes its answer back`() throws {
        let (bench, handler) = try Self.bench()
        bench.arrive(Self.call("/stream"))
        handler.streams[0].beginAnswer(HTTPResponseHead(.ok, .grpc))
        bench.arrive(HTTP2Frame.reset(1))
        #expect(handler.lostCount == 1 && !handler.streams[0].isOpen)
        handler.streams[0].send(Array("x".utf8).span)
        bench.loop.tick()
        #expect(!bench.takeFrames().contains { $0.kind == .data })
    }

    @Test func `a handler is told when the time that it has set is over`() throws {
        let (bench, handler) = try Self.bench()
        bench.arrive(Self.call("/stream"))
        handler.streams[0].expire(at: bench.loop.now + .milliseconds(20))
        bench.pass(.milliseconds(19))
        #expect(handler.expiredCount == 0)
        bench.pass(.milliseconds(1))
        #expect(handler.expiredCount == 1)
        bench.pass(.seconds(5))
        #expect(handler.expiredCount == 1)
    }
}
