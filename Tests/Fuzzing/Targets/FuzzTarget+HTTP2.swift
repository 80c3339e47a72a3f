import LinuxSystem
import TestSupport

@testable import EventLoops
@testable import HTTPConnections

extension FuzzTarget {
    /// Whatever a client of HTTP/2 sends, its connection keeps its books, and its requests are the same however their
    /// bytes are cut.
    static let http2 = FuzzTarget(name: "http2") { input in
        _ = requests(of: input, pieceByteCount: max(1, input.count), answersAtOnce: true)
        guard input.count < 1_000 else { return }
        // What may still be said of a stream depends on whether its end has left: here no answer leaves, and inputs
        // whose requests are refused, or whose streams the library resets, are passed over.
        let whole = requests(of: input, pieceByteCount: max(1, input.count), answersAtOnce: false)
        let cut = requests(of: input, pieceByteCount: 7, answersAtOnce: false)
        guard let cut, let whole else { return }
        precondition(cut == whole, "requests are the same however they are cut")
    }

    /// The requests that a handler gets from a client that sends the preface, then an input in pieces, and then goes.
    ///
    /// - Returns: nil if any was refused or reset.
    private static func requests(
        of input: [UInt8], pieceByteCount: Int, answersAtOnce: Bool
    ) -> [String]? {
        let kernel = ScriptedKernel()
        let handler = RecordingHandler(answersAtOnce: answersAtOnce)
        do throws(SystemError) {
            let loop = try EventLoop(kernel: kernel, clock: FakeClock())
            let http = HTTPLoop(on: loop, limits: HTTPLimits(), handler: handler, drained: {})
            loop.addTickObserver(http)
            let listener = try Listener(at: .loopback(port: 0), acceptor: http, on: loop)
            kernel.nextAccepts(.connection)
            kernel.nextWait(reports: (101, .input))
            loop.tick()
            var pieces = [preface]
            for start in stride(from: 0, to: input.count, by: pieceByteCount) {
                pieces.append(Array(input[start..<min(start + pieceByteCount, input.count)]))
            }
            for piece in pieces where kernel.openDescriptors.contains(102) {
                kernel.nextReceives(.bytes(piece))
                kernel.nextWait(reports: (102, .input))
                loop.tick()
            }
            // What costs more than a turn may is read on in the next ones.
            for _ in 0...input.count / 16 { loop.tick() }
            kernel.nextWait(reports: (102, [.failure, .hangUp]))
            loop.tick()
            precondition(http.connectionCount == 0, "a connection ends when its peer is gone")
            precondition(handler.lostCount == handler.deferredCount, "who waits hears that nobody waits for him")
            listener.close(on: loop)
            // Thousands of loops live one after the other here.
            loop.dismissTickObservers()
        } catch {
            preconditionFailure("the scripted kernel refuses nothing")
        }
        return handler.hasRefused || hasReset(kernel.takeCalls()) ? nil : handler.requests
    }

    /// Whether the connection has sent a frame that ends a stream before its request could be answered.
    ///
    /// - Source: RFC 9113 section 4.1 for the frames, section 5.1 for what may follow once it has left.
    private static func hasReset(_ calls: [ScriptedKernel.Call]) -> Bool {
        var bytes: [UInt8] = []
        for case .send(102, let sent) in calls { bytes += sent }
        var start = 0
        while start + frameHeadByteCount <= bytes.count {
            if bytes[start + 3] == resetType { return true }
            let payloadByteCount = bytes[start..<start + 3].reduce(0) { $0 << 8 | Int($1) }
            start += frameHeadByteCount + payloadByteCount
        }
        return false
    }

    private static let frameHeadByteCount = 9
    private static let resetType: UInt8 = 0x3

    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
}

/// Answers at once what asks by GET, or nothing at all.
private final class RecordingHandler: HTTPRequestHandler {
    private let answersAtOnce: Bool
    private(set) var requests: [String] = []
    private(set) var deferredCount = 0
    private(set) var lostCount = 0
    private(set) var hasRefused = false

    init(answersAtOnce: Bool) { self.answersAtOnce = answersAtOnce }

    func requestArrived(
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, body: Span<UInt8>, reply: inout ByteBuffer,
        on exchange: HTTPExchange
    ) -> HTTPHandling {
        var text = "\(head.method) \(bytes.text(head.pathRange)) \(bytes.text(head.queryRange)) \(body.count)"
        for field in 0..<head.fieldCount {
            text += " \(bytes.text(head.nameRange(ofField: field)))=\(bytes.text(head.valueRange(ofField: field)))"
        }
        requests.append(text)
        guard head.method == .get, answersAtOnce else {
            deferredCount += 1
            return .deferred
        }
        reply.append(body)
        reply.append("answer")
        var answer = HTTPResponseHead(.ok, head.isGRPC ? .grpc : .json)
        if head.isGRPC { answer.grpcStatus = .ok }
        return .answered(answer)
    }

    func largeRequestArrived(
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, body: consuming ByteBuffer,
        reply: inout ByteBuffer, on exchange: HTTPExchange
    ) -> HTTPHandling {
        requestArrived(head, bytes, body: body.bytes, reply: &reply, on: exchange)
    }

    func requestRefused(
        _ message: StaticString, status: HTTPStatus, reply: inout ByteBuffer, on exchange: HTTPExchange
    ) {
        requests.append("\(message)")
        hasRefused = true
    }

    func exchangeLost(_ exchange: HTTPExchange) { lostCount += 1 }
}
