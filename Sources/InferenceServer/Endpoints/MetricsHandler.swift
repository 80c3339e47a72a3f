import CloudEvents
import EventLoops
import HTTPConnections
import KnowledgeRetrieval
import LinuxSystem
import OpenInferenceProtocol
import RequestTracing

/// Answers the metrics port.
///
/// - Isolation: the control loop's thread.
final class MetricsHandler: HTTPRequestHandler {
    /// A scrape has no body; some clients send a few bytes all the same.
    static let bodyByteCountLimit = 4_096

    private let state: ServerState
    private let group: LoopGroup?
    private let backlog: AnswerBacklog
    private let drift: DriftMonitor
    private let startTimeSeconds: Double
    private let hasCounterLatencies: Bool
    private let restrictsAccess: Bool
    /// Nil where nobody wants to know about the machine.
    private let machine: MachineMetrics?
    private let handshakes: HandshakeCounters

    /// Makes the handler of a metrics port.
    ///
    /// - Parameter group: the loops that serve inference; nil where none do.
    init(
        _ state: ServerState, _ group: LoopGroup?, _ backlog: AnswerBacklog, _ drift: DriftMonitor,
        _ options: ServerOptions, on loop: EventLoop
    ) {
        self.state = state
        self.group = group
        self.backlog = backlog
        self.drift = drift
        hasCounterLatencies = options.counterLatencies
        restrictsAccess = options.restrictsAccess
        handshakes = state.counters.makeHandshakeCounters()
        machine =
            options.cpuMetrics
            ? MachineMetrics(interval: .milliseconds(options.metricsIntervalMilliseconds), on: loop) : nil
        startTimeSeconds = Double(ProcessFacts.startTime?.count ?? 0) / 1e9
    }

    func requestArrived(
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, body: Span<UInt8>, reply: inout ByteBuffer,
        on exchange: HTTPExchange
    ) -> HTTPHandling {
        guard bytes.matches(head.pathRange, "/metrics") else {
            ProtocolDocument.appendError("Not Found", to: &reply)
            return .answered(HTTPResponseHead(.notFound))
        }
        guard head.method == .get || head.method == .head else {
            ProtocolDocument.appendError("Method Not Allowed", to: &reply)
            var answer = HTTPResponseHead(.methodNotAllowed)
            answer.allowedMethods = .reading
            return .answered(answer)
        }
        MetricsPage(
            registry: state.metrics, process: processFigures(), drift: drift.reports(),
            monitoring: state.monitoring.figures, hasCounterLatencies: hasCounterLatencies
        ).write(to: &reply)
        return .answered(HTTPResponseHead(.ok, .prometheusText))
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
        ProtocolDocument.appendError(message.description, to: &reply)
    }

    func handshakeCompleted(_ facts: TLSFacts) { handshakes.completed(facts) }

    func handshakeFailed(_ fault: TLSFault, peer: SocketAddress) {
        handshakes.failed(fault)
        state.log.handshakeFailed(fault, peer: peer)
    }

    private func processFigures() -> ProcessFigures {
        let time = ProcessFacts.processorTime
        let memory = ProcessFacts.memory
        var figures = ProcessFigures(build: state.build)
        figures.residentBytes = UInt64(memory.resident)
        figures.virtualBytes = UInt64(memory.mapped)
        figures.openDescriptors = UInt64(ProcessFacts.openDescriptorCount)
        figures.descriptorLimit = UInt64(ProcessFacts.descriptorLimit)
        figures.cpuSeconds = Double(time.user.count + time.system.count) / 1e9
        figures.startTimeSeconds = startTimeSeconds
        figures.allocator = state.allocator()
        figures.tracing = state.tracing.isPossible ? state.tracing.figures : nil
        figures.machine = machine?.figures
        figures.eventSinks = state.events.sender.figures
        figures.keys = restrictsAccess ? KeyFigures(state.keys?.table, state.accessRefusals) : nil
        figures.loadedModels = state.counters.loadedCount
        figures.failedLoads = state.counters.failedLoadCount
        figures.isOverloaded = state.overload.isOverloaded
        figures.security = securityFigures()
        figures.shadows = state.shadows.figures
        if state.explanations.isUsed {
            figures.explanations = ProcessFigures.Explanations(
                figures: state.explanations.figures, droppedRowCount: state.explanations.droppedRowCount)
        }
        figures.knowledge = ProcessFigures.Knowledge(
            figures: state.knowledge.figures, searches: state.searchTimes.histogram)
        figures.unreadAnswerBytes = UInt64(backlog.byteCount)
        addLoops(to: &figures)
        return figures
    }

    private func securityFigures() -> ProcessFigures.SecurityFigures? {
        let counters = state.counters
        guard !counters.certificates.isEmpty else { return nil }
        var figures = ProcessFigures.SecurityFigures(certificates: counters.certificates)
        figures.reloads = counters.certificateReloadCount
        figures.failedReloads = counters.failedCertificateReloadCount
        let handshakes = counters.handshakes
        figures.completed = HandshakeCounters.Success.allCases.map { success in
            handshakes.reduce(0) { $0 + $1.value(of: success) }
        }
        figures.failed = TLSFault.Kind.allCases.map { kind in handshakes.reduce(0) { $0 + $1.value(of: kind) } }
        return figures
    }

    private func addLoops(to figures: inout ProcessFigures) {
        let metrics = state.counters.loops
        var closed = [UInt64](repeating: 0, count: ConnectionEnd.allCases.count)
        for (index, loop) in (group?.figures ?? []).enumerated() {
            figures.acceptedConnections += UInt64(loop.acceptedCount)
            figures.loops.append(
                ProcessFigures.Loop(
                    tickCount: UInt64(loop.tickCount), processorTime: metrics[index]?.thread.now(),
                    connectionCount: UInt64(loop.connectionCount)))
            for (end, count) in (metrics[index]?.closedCounts ?? []).enumerated() { closed[end] += count }
        }
        figures.closedConnections = closed
    }
}
