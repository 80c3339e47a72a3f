import HTTPConnections
import LinuxSystem
import OpenInferenceProtocol
import TestSupport
import Testing

@testable import EventLoops
@testable import InferenceServer

/// A line for each request that was answered, and none for what never was one.
@Suite struct AccessLogTests {
    /// Answers when the test says so, and tells the log what the server's handler tells it.
    private final class DeferringHandler: HTTPRequestHandler {
        let log: AccessLog
        /// What the handler learns about a request before it is answered.
        var id = ""
        var traceID = ""
        let model = ModelSignature(
            name: "m", version: "7", platform: "forest",
            input: InputLayout(kind: .forest, featureCount: 1, maxBatchSize: 1),
            outputs: [TensorMetadata(name: "y", datatype: .float32, dims: [-1])])
        private var deferred: [HTTPExchange] = []

        init(_ log: AccessLog) { self.log = log }

        func requestArrived(
            _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, body: Span<UInt8>, reply: inout ByteBuffer,
            on exchange: HTTPExchange
        ) -> HTTPHandling {
            log.arrived(head, bytes, bodyByteCount: body.count, on: exchange)
            log.identified(Array(id.utf8).span, for: model, rowCount: 3, on: exchange)
            if !traceID.isEmpty { log.traced(traceID, on: exchange) }
            deferred.append(exchange)
            return .deferred
        }

        func largeRequestArrived(
            _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, body: consuming ByteBuffer,
            reply: inout ByteBuffer, on exchange: HTTPExchange
        ) -> HTTPHandling {
            preconditionFailure("no test sends so much")
        }

        func requestRefused(
            _ message: StaticString, status: HTTPStatus, reply: inout ByteBuffer, on exchange: HTTPExchange
        ) {
            reply.append("refused")
        }

        func requestAnswered(_ status: HTTPStatus, call: UInt8?, bodyByteCount: Int, on exchange: HTTPExchange) {
            log.answered(status, call: call, bodyByteCount: bodyByteCount, on: exchange)
        }

        func exchangeLost(_ exchange: HTTPExchange) { log.lost(exchange) }

        func answerAll() {
            for exchange in deferred {
                exchange.answer { reply in
                    reply.append("hello")
                    return HTTPResponseHead(.notFound, .plainText)
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
        let log: EventLog
        private let http: HTTPLoop
        private let listener: Listener

        init(_ settings: LogSettings = LogSettings(writesAccess: true)) throws {
            loop = try EventLoop(kernel: kernel, clock: clock)
            log = EventLog(settings, format: .text, sink: sink, now: { 0 })
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
                    + "status=404 request_bytes=2 bytes=5 milliseconds=1.5\n"
            ])
    }

    @Test func `a line tells the request's identity and its trace, where there are any`() throws {
        let bench = try Bench()
        bench.handler.id = "\"a \\n b\""
        bench.handler.traceID = "4bf9"
        bench.arrive("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n")
        bench.handler.answerAll()
        #expect(bench.sink.lines.first?.hasSuffix(#" id="a \\n b" trace=4bf9"# + "\n") == true)
        bench.handler.id = "\"\""
        bench.handler.traceID = ""
        bench.arrive("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n")
        bench.handler.answerAll()
        #expect(bench.sink.lines.last?.hasSuffix("milliseconds=0.0\n") == true)
    }

    @Test func `lines are written whatever the level, and only while they are asked for`() throws {
        let bench = try Bench(LogSettings(level: .error, writesAccess: false))
        func get(_ path: String) {
            bench.arrive("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
            bench.handler.answerAll()
        }
        get("/1")
        _ = bench.log.changeSettings { $0.writesAccess = true }
        get("/2")
        _ = bench.log.changeSettings { $0.writesAccess = false }
        get("/3")
        #expect(bench.sink.lines.count == 1 && bench.sink.lines.first?.contains(" path=/2 ") == true)
        // Who arrived while lines were written has one.
        _ = bench.log.changeSettings { $0.writesAccess = true }
        bench.arrive("GET /4 HTTP/1.1\r\nHost: a\r\n\r\n")
        _ = bench.log.changeSettings { $0.writesAccess = false }
        bench.handler.answerAll()
        #expect(bench.sink.lines.count == 2)
    }

    @Test func `lines of level debug tell the model and its rows`() throws {
        let bench = try Bench(LogSettings(level: .debug, writesAccess: false))
        func get(_ path: String) {
            bench.arrive("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
            bench.handler.answerAll()
        }
        get("/1")
        #expect(
            bench.sink.lines == [
                "1970-01-01T00:00:00.000Z DEBUG request client=127.0.0.1:50000 method=GET path=/1 status=404 "
                    + "request_bytes=0 bytes=5 milliseconds=0.0 model=m version=7 rows=3\n"
            ])
        // Who wants both has one line that tells all.
        _ = bench.log.changeSettings { $0.writesAccess = true }
        get("/2")
        #expect(bench.sink.lines.count == 2 && bench.sink.lines[1].hasSuffix(" model=m version=7 rows=3\n"))
        #expect(bench.sink.lines[1].contains(" INFO  request "))
        _ = bench.log.changeSettings { $0.verboseLevel = 0 }
        get("/3")
        #expect(bench.sink.lines[2].hasSuffix(" milliseconds=0.0\n"))
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
