import LinuxSystem

@testable import HTTPConnections

/// Answers with the request's path; `/later` is deferred until the test says so.
final class PathHandler: HTTPRequestHandler {
    private(set) var paths: [String] = []
    private(set) var bodies: [[UInt8]] = []
    private(set) var deferred: [HTTP1Connection] = []
    private(set) var refusals: [String] = []
    private(set) var largeByteCounts: [Int] = []
    private(set) var largeCapacities: [Int] = []
    private(set) var finishedClientCount = 0

    func requestArrived(
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, body: Span<UInt8>, reply: inout ByteBuffer,
        on connection: HTTP1Connection
    ) -> HTTPHandling {
        let path = bytes.text(head.pathRange)
        paths.append(path)
        bodies.append(body.indices.map { body[$0] })
        if path == "/later" {
            deferred.append(connection)
            return .deferred
        }
        reply.append(path)
        return .answered(HTTP1ResponseHead(.ok, .plainText))
    }

    func largeRequestArrived(
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, body: consuming ByteBuffer,
        reply: inout ByteBuffer, on connection: HTTP1Connection
    ) -> HTTPHandling {
        largeByteCounts.append(body.count)
        largeCapacities.append(body.capacity)
        return .answered(HTTP1ResponseHead(.ok, .none))
    }

    func requestRefused(
        _ message: StaticString, status: HTTPStatus, reply: inout ByteBuffer, on connection: HTTP1Connection
    ) {
        refusals.append(message.description)
    }

    func clientFinished(_ connection: HTTP1Connection) { finishedClientCount += 1 }

    /// Answers with a body that stands elsewhere, and gives back what is left of it.
    func answerDeferred(body: consuming ByteBuffer) -> Int {
        var body = body
        deferred.removeFirst().answer(HTTP1ResponseHead(.ok, .none), body: &body)
        return body.count
    }

    func abandonDeferred() { deferred.removeFirst().abandon() }

    func answerDeferred() {
        deferred.removeFirst().answer { reply in
            reply.append("late")
            return HTTP1ResponseHead(.ok, .plainText)
        }
    }
}
