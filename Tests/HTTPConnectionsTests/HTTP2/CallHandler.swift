import LinuxSystem

@testable import HTTPConnections

/// Answers calls of gRPC: `/whole` at once with its body, `/refuse` with a status alone; `/stream` takes its body as it
/// comes and leaves the answer to the test.
final class CallHandler: HTTPRequestHandler {
    private(set) var streams: [HTTP2Stream] = []
    private(set) var received: [[UInt8]] = []
    private(set) var hasEnded = false
    private(set) var lostCount = 0
    private(set) var expiredCount = 0
    /// Bytes that are used up of what is offered; nil for all.
    var appetite: Int?

    func requestArrived(
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, body: Span<UInt8>, reply: inout ByteBuffer,
        on exchange: HTTPExchange
    ) -> HTTPHandling {
        var answer = HTTPResponseHead(.ok, .grpc)
        if bytes.text(head.pathRange) == "/whole" {
            reply.append(body)
            answer.grpcStatus = .ok
        } else {
            reply.append("no%20way")
            answer.grpcStatus = GRPCStatus(code: 12, messageByteCount: reply.count)
        }
        return .answered(answer)
    }

    func largeRequestArrived(
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, body: consuming ByteBuffer,
        reply: inout ByteBuffer, on exchange: HTTPExchange
    ) -> HTTPHandling {
        requestArrived(head, bytes, body: body.bytes, reply: &reply, on: exchange)
    }

    func bodyDelivery(_ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>) -> HTTPBodyDelivery {
        bytes.text(head.pathRange) == "/stream" ? .asItComes : .whole
    }

    func streamBegan(_ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, on stream: HTTP2Stream) {
        streams.append(stream)
    }

    func streamBytesArrived(_ bytes: Span<UInt8>, isLast: Bool, on stream: HTTP2Stream) -> Int {
        let count = min(appetite ?? bytes.count, bytes.count)
        received.append((0..<count).map { bytes[$0] })
        hasEnded = isLast
        return count
    }

    func timeExpired(_ stream: HTTP2Stream) { expiredCount += 1 }

    func exchangeLost(_ exchange: HTTPExchange) { lostCount += 1 }

    func requestRefused(
        _ message: StaticString, status: HTTPStatus, reply: inout ByteBuffer, on exchange: HTTPExchange
    ) {
        reply.append("{}")
    }
}
