import AccessControl
import EventLoops
import HTTPConnections
import LinuxSystem
import OpenInferenceProtocol

/// Leaves one line for each request: who asked for what, and what came of it, after how long.
///
/// Off unless the operator asks for it, at start or while the server runs: it costs several allocations and a write
/// per request. Switched off it costs a relaxed load. Where lines of level debug are written each request has one, too,
/// which tells the model and the rows as well.
///
/// - Isolation: the loop's thread.
final class AccessLog {
    private struct Request {
        var client: String
        var method: String
        var path: String
        var byteCount: Int
        var arrival: Nanoseconds
        var level: EventLog.Level
        var isDetailed: Bool
        /// The identity that the client gave the request; empty if it gave none or it was not read here.
        var id = ""
        /// The trace that the request is part of; empty without.
        var traceID = ""
        /// The id of the API key that the client has shown; empty without.
        var key = ""
        /// The model and version that evaluated the request, and its rows; empty if none did.
        var model = ""
        var version = ""
        /// The variant that a split has chosen; empty for any other model.
        var variant = ""
        var rowCount = 0
    }

    private let log: EventLog
    private let proxies: TrustedProxies
    private let clock: any MonotonicClock
    private var inWork: [ObjectIdentifier: Request] = [:]

    /// - Parameter proxies: whose word about the client's address is taken.
    init(_ log: EventLog, proxies: TrustedProxies = TrustedProxies(), clock: any MonotonicClock) {
        self.log = log
        self.proxies = proxies
        self.clock = clock
    }

    /// Remembers a request until it is answered; an exchange has one in work at a time.
    ///
    /// - Parameter bodyByteCount: bytes of the body as it came, in its content coding.
    func arrived(
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, bodyByteCount: Int, on exchange: HTTPExchange
    ) {
        guard let lines = log.requestLines else { return }
        inWork[ObjectIdentifier(exchange)] = Request(
            client: proxies.clientName(of: exchange.peer, head, bytes), method: bytes.text(head.methodRange),
            path: bytes.text(head.pathRange), byteCount: bodyByteCount, arrival: clock.now(), level: lines.level,
            isDetailed: lines.areDetailed)
    }

    /// Adds what a request's body tells.
    ///
    /// - Parameter id: a JSON string with its quotation marks; empty if there is none.
    /// - Parameter model: which the request is for.
    /// - Parameter routed: who answers, if that is a split.
    func identified(
        _ id: Span<UInt8>, for model: ModelSignature, _ routed: RoutedAnswer? = nil, rowCount: Int,
        on exchange: HTTPExchange
    ) {
        guard !inWork.isEmpty, var request = inWork[ObjectIdentifier(exchange)] else { return }
        if id.count > 2 { request.id = id.text(1..<id.count - 1) }
        (request.model, request.version, request.rowCount) = (model.name, model.version, rowCount)
        if let routed { request.variant = routed.variant.name }
        inWork[ObjectIdentifier(exchange)] = request
    }

    /// Adds the API key that a request's sender has shown.
    func recognised(_ key: APIKeyID, on exchange: HTTPExchange) {
        guard !inWork.isEmpty else { return }
        inWork[ObjectIdentifier(exchange)]?.key = key.description
    }

    /// Adds the trace that a request is part of.
    func traced(_ traceID: String, on exchange: HTTPExchange) {
        guard !inWork.isEmpty else { return }
        inWork[ObjectIdentifier(exchange)]?.traceID = traceID
    }

    /// Writes the line of a request.
    ///
    /// - Parameter call: how a call of gRPC has ended, whose status of HTTP is always 200; nil for any other request.
    /// - Parameter bodyByteCount: bytes of the answer's body.
    func answered(_ status: HTTPStatus, call: UInt8?, bodyByteCount: Int, on exchange: HTTPExchange) {
        guard !inWork.isEmpty else { return }
        // A request whose framing was faulty never arrived, nor did one that came while the log was off.
        guard let request = inWork.removeValue(forKey: ObjectIdentifier(exchange)) else { return }
        var fields: [EventField] = [
            .init("client", request.client), .init("method", request.method), .init("path", request.path),
            .init("status", Int(status.rawValue)), .init("request_bytes", request.byteCount),
            .init("bytes", bodyByteCount), .init("milliseconds", Double((clock.now() - request.arrival).count) / 1e6),
        ]
        if let call { fields.append(.init("grpc_status", Int(call))) }
        if let subject = exchange.security?.clientSubject { fields.append(.init("client_subject", subject)) }
        if !request.id.isEmpty { fields.append(.init("id", request.id)) }
        if !request.key.isEmpty { fields.append(.init("key", request.key)) }
        if !request.traceID.isEmpty { fields.append(.init("trace", request.traceID)) }
        if request.isDetailed, !request.model.isEmpty {
            fields += [
                .init("model", request.model), .init("version", request.version), .init("rows", request.rowCount),
            ]
            if !request.variant.isEmpty { fields.append(.init("variant", request.variant)) }
        }
        log.access(request.level, fields)
    }

    /// Forgets what an exchange that was lost had in work.
    func lost(_ exchange: HTTPExchange) {
        guard !inWork.isEmpty else { return }
        inWork.removeValue(forKey: ObjectIdentifier(exchange))
    }
}
