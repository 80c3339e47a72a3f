import HTTPConnections
import LinuxSystem

/// Leaves one line for each request: who asked for what, and what came of it, after how long.
///
/// Off unless the operator asks for it: it costs several allocations and a write per request.
///
/// - Isolation: the loop's thread.
final class AccessLog {
    private struct Request {
        var method: String
        var path: String
        var arrival: Nanoseconds
    }

    private let log: EventLog
    private let clock: any MonotonicClock
    private var inWork: [ObjectIdentifier: Request] = [:]

    init(_ log: EventLog, clock: any MonotonicClock) {
        self.log = log
        self.clock = clock
    }

    /// Remembers a request until it is answered; a connection has one in work at a time.
    func arrived(_ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, on connection: HTTP1Connection) {
        inWork[ObjectIdentifier(connection)] = Request(
            method: bytes.text(head.methodRange), path: bytes.text(head.pathRange), arrival: clock.now())
    }

    func answered(_ status: HTTPStatus, bodyByteCount: Int, on connection: HTTP1Connection) {
        // A request whose framing was faulty never arrived.
        guard let request = inWork.removeValue(forKey: ObjectIdentifier(connection)) else { return }
        log.write(
            .info, "request", .init("client", connection.peer.description), .init("method", request.method),
            .init("path", request.path), .init("status", Int(status.rawValue)), .init("bytes", bodyByteCount),
            .init("milliseconds", Double((clock.now() - request.arrival).count) / 1e6))
    }

    /// Forgets what a connection that was lost had in work.
    func closed(_ connection: HTTP1Connection) {
        inWork.removeValue(forKey: ObjectIdentifier(connection))
    }
}
