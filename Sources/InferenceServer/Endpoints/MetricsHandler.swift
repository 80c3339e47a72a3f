import EventLoops
import HTTPConnections
import LinuxSystem
import OpenInferenceProtocol

/// Answers the metrics port.
///
/// - Isolation: the control loop's thread.
final class MetricsHandler: HTTPRequestHandler {
    /// A scrape has no body; some clients send a few bytes all the same.
    static let bodyByteCountLimit = 4_096

    private let state: ServerState
    private let group: LoopGroup?
    private let startTimeSeconds: Double

    /// Makes the handler of a metrics port.
    ///
    /// - Parameter group: the loops that serve inference; nil where none do.
    init(_ state: ServerState, _ group: LoopGroup?) {
        self.state = state
        self.group = group
        startTimeSeconds = Double(ProcessFacts.startTime?.count ?? 0) / 1e9
    }

    func requestArrived(
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, body: Span<UInt8>, reply: inout ByteBuffer,
        on connection: HTTP1Connection
    ) -> HTTPHandling {
        guard bytes.matches(head.pathRange, "/metrics") else {
            ProtocolDocument.appendError("Not Found", to: &reply)
            return .answered(HTTP1ResponseHead(.notFound))
        }
        guard head.method == .get || head.method == .head else {
            ProtocolDocument.appendError("Method Not Allowed", to: &reply)
            var answer = HTTP1ResponseHead(.methodNotAllowed)
            answer.allowedMethods = .reading
            return .answered(answer)
        }
        MetricsPage(registry: state.metrics, process: processFigures()).write(to: &reply)
        return .answered(HTTP1ResponseHead(.ok, .prometheusText))
    }

    func largeRequestArrived(
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, body: consuming ByteBuffer,
        reply: inout ByteBuffer, on connection: HTTP1Connection
    ) -> HTTPHandling {
        requestArrived(head, bytes, body: body.bytes, reply: &reply, on: connection)
    }

    func requestRefused(
        _ message: StaticString, status: HTTPStatus, reply: inout ByteBuffer, on connection: HTTP1Connection
    ) {
        ProtocolDocument.appendError(message.description, to: &reply)
    }

    private func processFigures() -> MetricsPage.ProcessFigures {
        let time = ProcessFacts.processorTime
        return MetricsPage.ProcessFigures(
            openConnections: UInt64(group?.connectionCount ?? 0), residentBytes: UInt64(ProcessFacts.residentByteCount),
            cpuSeconds: Double(time.user.count + time.system.count) / 1e9, startTimeSeconds: startTimeSeconds,
            allocator: state.allocator())
    }
}
