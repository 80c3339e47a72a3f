import LinuxSystem
import TestSupport
import Testing

@testable import EventLoops
@testable import HTTPConnections

/// Calls of many messages: answers leave in the order of the messages, whatever order they are given in.
struct HTTP2AnswerQueueTests {
    private final class Call {
        let bench: HTTP2Bench
        let handler = CallHandler()
        let queue: HTTP2AnswerQueue
        private let advances = Advances()

        /// How often the queue has said that something has left.
        final class Advances {
            var count = 0
        }

        init() throws {
            bench = try HTTP2Bench(HTTPLimits(), handler: handler)
            bench.arrive(
                HTTP2Frame.request(1, "POST", "/stream", [("content-type", "application/grpc")], isLast: false))
            let advances = advances
            queue = HTTP2AnswerQueue(handler.streams[0], HTTPResponseHead(.ok, .grpc)) { _ in advances.count += 1 }
            #expect(frames.map(\.kind) == [.headers])
        }

        var advanceCount: Int { advances.count }

        var frames: [HTTP2Frame] {
            bench.loop.tick()
            return bench.takeFrames()
        }

        func expect() -> HTTP2MessageExchange { queue.expectAnswer(at: .zero) }

        func answer(_ exchange: HTTP2MessageExchange, _ text: String) {
            exchange.answer { reply in
                reply.append(text)
                return HTTPResponseHead(.ok, .grpc)
            }
        }
    }

    @Test func `answers leave in the order of their messages`() throws {
        let call = try Call()
        let exchanges = (0..<4).map { _ in call.expect() }
        #expect(call.queue.count == 4 && exchanges.allSatisfy(\.isOpen))
        call.answer(exchanges[2], "c")
        call.answer(exchanges[1], "b")
        #expect(call.frames.isEmpty && call.advanceCount == 0)
        var body = ByteBuffer()
        body.append("a")
        exchanges[0].answer(HTTPResponseHead(.ok, .grpc), body: &body)
        #expect(call.frames == [HTTP2Frame.data(1, "abc", isLast: false)])
        #expect(call.queue.count == 1 && call.advanceCount == 1 && call.queue.waiting.count == 1)
        // An exchange that is free stands for another message.
        #expect(exchanges.contains { $0 === call.expect() })
        call.answer(exchanges[3], "d")
        #expect(call.frames == [HTTP2Frame.data(1, "d", isLast: false)])
    }

    @Test func `the call ends well when all is answered and nothing more comes`() throws {
        let call = try Call()
        let exchange = call.expect()
        call.queue.requestsEnded()
        #expect(call.frames.isEmpty && !call.queue.isOver)
        call.answer(exchange, "a")
        #expect(call.frames.map(\.kind).starts(with: [.data, .headers]) && call.queue.isOver)
        let empty = try Call()
        empty.queue.requestsEnded()
        #expect(empty.frames.map(\.kind).contains(.headers) && empty.queue.isOver && empty.advanceCount == 1)
    }

    @Test func `an answer with a status ends the call behind those before it`() throws {
        let call = try Call()
        let exchanges = (0..<3).map { _ in call.expect() }
        exchanges[1].answer { reply in
            reply.append("gone")
            var head = HTTPResponseHead(.ok, .grpc)
            head.grpcStatus = GRPCStatus(code: 5, messageByteCount: 4)
            return head
        }
        call.answer(exchanges[2], "never")
        #expect(call.frames.isEmpty)
        call.answer(exchanges[0], "first")
        let frames = call.frames
        #expect(frames.first == HTTP2Frame.data(1, "first", isLast: false) && frames.count >= 2)
        #expect(frames[1].kind == .headers && call.queue.isOver)
    }

    @Test func `what is answered after the end goes nowhere`() throws {
        let call = try Call()
        let (one, other, third) = (call.expect(), call.expect(), call.expect())
        call.queue.end(4)
        #expect(call.frames.map(\.kind).contains(.headers) && !one.isOpen)
        var isCalled = false
        one.answer { _ in
            isCalled = true
            return HTTPResponseHead(.ok, .grpc)
        }
        other.abandon()
        var body = ByteBuffer()
        body.append("late")
        third.answer(HTTPResponseHead(.ok, .grpc), body: &body)
        #expect(!isCalled && call.queue.count == 0)
        #expect(call.frames.allSatisfy { $0.kind != .data })
        let lost = try Call()
        let exchange = lost.expect()
        lost.queue.streamLost()
        #expect(!exchange.isOpen && lost.queue.waiting.count == 1)
        exchange.abandon()
        #expect(lost.queue.count == 0)
    }

    @Test func `a message without an answer holds none back`() throws {
        let call = try Call()
        let (one, other) = (call.expect(), call.expect())
        call.answer(other, "b")
        one.abandon()
        #expect(call.frames.contains { $0.kind == .data })
    }
}
