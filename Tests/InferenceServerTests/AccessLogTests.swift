import HTTPConnections
import LinuxSystem
import TestSupport
import Testing

@testable import EventLoops
@testable import InferenceServer

/// A line for each request that was answered, and none for what never was one.
@Suite struct AccessLogTests {
    /// Answers when the test says so, and tells the log what the server's handler tells it.
    private final class DeferringHandler: HTTPRequestHandler {
        let log: AccessLog
        private var deferred: [HTTP1Connection] = []

        init(_ log: AccessLog) { self.log = log }

        func requestArrived(
            _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, body: Span<UInt8>, reply: inout ByteBuffer,
            on connection: HTTP1Connection
        ) -> HTTPHandling {
            log.arrived(head, bytes, on: connection)
            deferred.append(connection)
            return .deferred
        }

        func largeRequestArrived(
            _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, body: consuming ByteBuffer,
            reply: inout ByteBuffer, on connection: HTTP1Connection
        ) -> HTTPHandling {
            preconditionFailure("no test sends so much")
        }

        func requestRefused(
            _ message: StaticString, status: HTTPStatus, reply: inout ByteBuffer, on connection: HTTP1Connection
        ) {
            reply.append("refused")
        }

        func requestAnswered(_ status: HTTPStatus, bodyByteCount: Int, on connection: HTTP1Connection) {
            log.answered(status, bodyByteCount: bodyByteCount, on: connection)
        }

        func connectionClosed(_ connection: HTTP1Connection) { log.closed(connection) }

        func answerAll() {
            for connection in deferred {
                connection.answer { reply in
                    reply.append("hello")
                    return HTTP1ResponseHead(.notFound, .plainText)
                }
            }
            deferred = []
        }
    }

    /// A loop on a scripted kernel with one connection, descriptor 102, from port 50000.
    private final class Bench {
        let kernel = ScriptedKernel()
        let clock = FakeClock()
        let sink = MemorySink()
        let loop: EventLoop
        let handler: DeferringHandler
        private let http: HTTPLoop
        private let listener: Listener

        init() throws {
            loop = try EventLoop(kernel: kernel, clock: clock)
            let log = EventLog(level: .info, format: .text, sink: sink, now: { 0 })
            handler = DeferringHandler(AccessLog(log, clock: clock))
            http = HTTPLoop(on: loop, limits: HTTPLimits(), handler: handler, drained: {})
            listener = try Listener(at: .loopback(port: 0), acceptor: http, on: loop)
            kernel.nextAccepts(.connection)
            kernel.nextWait(reports: (101, .input))
            loop.tick()
        }

        func arrive(_ text: String) {
            kernel.nextWait(reports: (102, .input))
            kernel.nextReceives(.bytes(Array(text.utf8)))
            loop.tick()
        }
    }

    @Test func `a line tells who asked for what, what came of it, and after how long`() throws {
        let bench = try Bench()
        bench.arrive("POST /v2/models/m/infer?x=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}")
        #expect(bench.sink.lines == [])
        bench.clock.advance(by: .microseconds(1_500))
        bench.handler.answerAll()
        #expect(
            bench.sink.lines == [
                "1970-01-01T00:00:00.000Z INFO  request client=127.0.0.1:50000 method=POST path=/v2/models/m/infer "
                    + "status=404 bytes=5 milliseconds=1.5\n"
            ])
    }

    @Test func `each request of a connection has its own line`() throws {
        let bench = try Bench()
        for path in ["/1", "/2"] {
            bench.arrive("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
            bench.handler.answerAll()
        }
        #expect(bench.sink.lines.map { $0.contains(" path=/1 ") } == [true, false])
        #expect(bench.sink.lines.map { $0.contains(" path=/2 ") } == [false, true])
    }

    @Test func `bytes that are no request leave no line`() throws {
        let bench = try Bench()
        bench.arrive("GET /\n\n")
        #expect(bench.sink.lines == [])
    }

    @Test func `a request whose client is gone leaves no line`() throws {
        let bench = try Bench()
        bench.arrive("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n")
        bench.kernel.nextWait(reports: (102, [.failure, .hangUp]))
        bench.loop.tick()
        bench.handler.answerAll()
        #expect(bench.sink.lines == [])
    }
}
