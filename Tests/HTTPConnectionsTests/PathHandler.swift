import LinuxSystem

@testable import HTTPConnections

/// Answers with the request's path; `/later` is deferred until the test says so.
///
/// Of requests whose body is still to come `/no` is refused by its head, and `/known` marked there.
final class PathHandler: HTTPRequestHandler {
    private(set) var paths: [String] = []
    private(set) var bodies: [[UInt8]] = []
    private(set) var deferred: [HTTPExchange] = []
    private(set) var refusals: [String] = []
    private(set) var largeByteCounts: [Int] = []
    private(set) var largeCapacities: [Int] = []
    private(set) var finishedClientCount = 0
    private(set) var lostCount = 0
    private(set) var ends: [ConnectionEnd] = []
    private(set) var givenUp: [(connectionCount: Int, byteCount: Int)] = []

    /// For each request that was handed over whole, whether its head was marked before.
    private(set) var marks: [Bool] = []

    func headArrived(
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, reply: inout ByteBuffer, on exchange: HTTPExchange
    ) -> HTTPResponseHead? {
        let path = bytes.text(head.pathRange)
        if path == "/known" { exchange.admission = self }
        guard path == "/no" else { return nil }
        reply.append("no")
        return HTTPResponseHead(.forbidden, .plainText)
    }

    func requestArrived(
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, body: Span<UInt8>, reply: inout ByteBuffer,
        on exchange: HTTPExchange
    ) -> HTTPHandling {
        let path = bytes.text(head.pathRange)
        paths.append(path)
        marks.append(exchange.admission === self)
        bodies.append(body.indices.map { body[$0] })
        if path == "/later" {
            deferred.append(exchange)
            return .deferred
        }
        reply.append(path)
        return .answered(HTTPResponseHead(.ok, .plainText))
    }

    func largeRequestArrived(
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, body: consuming ByteBuffer,
        reply: inout ByteBuffer, on exchange: HTTPExchange
    ) -> HTTPHandling {
        largeByteCounts.append(body.count)
        largeCapacities.append(body.capacity)
        return .answered(HTTPResponseHead(.ok, .none))
    }

    func requestRefused(
        _ message: StaticString, status: HTTPStatus, reply: inout ByteBuffer, on exchange: HTTPExchange
    ) {
        refusals.append(message.description)
    }

    func clientFinished(_ exchange: HTTPExchange) { finishedClientCount += 1 }

    func exchangeLost(_ exchange: HTTPExchange) { lostCount += 1 }

    func connectionClosed(_ end: ConnectionEnd) { ends.append(end) }

    func answersGivenUp(connectionCount: Int, byteCount: Int) { givenUp.append((connectionCount, byteCount)) }

    /// Answers with a body that stands elsewhere, and gives back what is left of it.
    func answerDeferred(body: consuming ByteBuffer) -> Int {
        var body = body
        deferred.removeFirst().answer(HTTPResponseHead(.ok, .none), body: &body)
        return body.count
    }

    func abandonDeferred() { deferred.removeFirst().abandon() }

    func answerDeferred() {
        deferred.removeFirst().answer { reply in
            reply.append("late")
            return HTTPResponseHead(.ok, .plainText)
        }
    }
}
