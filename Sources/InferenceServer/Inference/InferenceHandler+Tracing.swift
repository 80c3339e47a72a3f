import DynamicBatching
import HTTPConnections
import LinuxSystem
import ModelRepository
import RequestTracing

/// Traced requests: what is noted about them, and the caller's place in the trace as the answer tells it.
///
/// An exchange has one request in work at a time, so that the record of a request is found by its exchange.
///
/// - Complexity: a request that is not traced costs what `RequestTracer.begin` costs, and two looks at whether any
///   request of the loop is.
extension InferenceHandler {
    /// Begins the record of a request, if it is to be traced.
    func beginTrace(
        _ order: InferenceOrder, _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, bodyByteCount: Int,
        _ exchange: HTTPExchange
    ) {
        let parentField = bytes.extracting(head.traceParentRange)
        guard let trace = tracer.begin(slot: order.slot, parentField: parentField) else { return }
        if trace.record.parent != nil { trace.record.state = Self.traceState(head, bytes) }
        trace.record.instants.receiveStart = min(exchange.receiveStart, order.arrival)
        trace.record.instants.receiveEnd = order.arrival
        trace.record.instants.requestStart = order.arrival
        trace.record.call.path = TraceRecord.cut(bytes.text(head.pathRange))
        if let agent = head.value(of: Self.userAgent, in: bytes) {
            trace.record.call.userAgent = TraceRecord.cut(bytes.text(agent))
        }
        trace.record.call.clientAddress = exchange.peer.host
        trace.record.call.clientPort = Int(exchange.peer.port)
        trace.record.call.httpVersion = head.majorVersion == 2 ? "2" : head.minorVersion == 0 ? "1.0" : "1.1"
        trace.record.call.bodyByteCount = bodyByteCount
        traces[ObjectIdentifier(exchange)] = trace
        if namesSpans { accessLog.traced(trace.record.trace.text, on: exchange) }
    }

    /// Whether traces are known elsewhere by their numbers; those of a file are not.
    private var namesSpans: Bool { state.tracing.options.mode == .openTelemetry }

    private static let userAgent = HTTPFieldName("user-agent")
    private static let traceStateName: StaticString = "tracestate"

    private static func traceState(_ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>) -> TraceState {
        var state = TraceState()
        for index in 0..<head.fieldCount
        where bytes.text(head.nameRange(ofField: index)).lowercased() == "\(traceStateName)" {
            state.append(bytes.extracting(head.valueRange(ofField: index)))
        }
        return state
    }

    /// Takes the record of the request that an exchange has in work.
    func takeTrace(of exchange: HTTPExchange) -> RequestTrace? {
        traces.isEmpty ? nil : traces.removeValue(forKey: ObjectIdentifier(exchange))
    }

    // MARK: Answers

    /// Ends the record of a request that was refused at once.
    func traced(_ handling: HTTPHandling, bodyByteCount: Int, _ exchange: HTTPExchange) -> HTTPHandling {
        guard case .answered(var head) = handling, let trace = takeTrace(of: exchange) else { return handling }
        note(trace, &head, bodyByteCount: bodyByteCount)
        tracer.finish(trace, at: clock.now())
        return .answered(head)
    }

    /// Notes an answer in a record, and the record's span in the answer.
    func note(_ trace: RequestTrace, _ head: inout HTTPResponseHead, bodyByteCount: Int) {
        let now = clock.now()
        trace.answered(Int(head.status.rawValue), bodyByteCount: bodyByteCount, at: now)
        guard namesSpans else { return }
        let record = trace.record
        head.traceParent = HTTPResponseHead.TraceParent(
            traceHigh: record.trace.high, traceLow: record.trace.low, span: record.span.number)
    }

    /// Notes the answer to a request of the loop's own batches.
    func note(
        _ inference: BatchedInference, _ timing: BatchTiming, in trace: RequestTrace, _ head: inout HTTPResponseHead,
        bodyByteCount: Int
    ) {
        let now = clock.now()
        inference.id.withBytes { id in
            trace.evaluated(
                id: id, rowCount: inference.rowCount, batchRowCount: timing.rowCount, queueStart: inference.joining,
                computeStart: timing.begin, inputEnd: timing.begin, outputStart: timing.end, computeEnd: now)
        }
        note(trace, &head, bodyByteCount: bodyByteCount)
    }

    /// Notes the answer to a request that comes back from a shared queue.
    func note(
        _ content: borrowing QueuedInference.Content, _ timing: BatchTiming, in trace: RequestTrace,
        _ head: inout HTTPResponseHead
    ) {
        let now = clock.now()
        content.id.withBytes { id in
            trace.evaluated(
                id: id, rowCount: content.order.rowCount, batchRowCount: timing.rowCount,
                queueStart: content.order.arrival, computeStart: timing.begin, inputEnd: timing.begin,
                outputStart: timing.end, computeEnd: now)
        }
        if let routed = content.request.routed {
            trace.called(TracedCall.routed(to: routed.variant.member, [], from: timing.begin, to: timing.end))
        }
        note(trace, &head, bodyByteCount: content.reply.count)
    }

    /// Notes the answer to a large request, which threads of the pool have decoded, evaluated and encoded.
    func note(
        _ task: LargeInference, _ outcome: LargeInference.Outcome, in trace: RequestTrace,
        _ head: inout HTTPResponseHead, bodyByteCount: Int
    ) {
        if let request = outcome.request {
            let begin = task.order.arrival + Nanoseconds(Int64(request.queueNanoseconds))
            let decoded = begin + Nanoseconds(Int64(request.decodeNanoseconds))
            let evaluated = decoded + Nanoseconds(Int64(request.computeNanoseconds))
            trace.evaluated(
                id: outcome.id.span, rowCount: request.rowCount, batchRowCount: request.rowCount,
                queueStart: task.order.arrival, computeStart: begin, inputEnd: decoded, outputStart: evaluated,
                computeEnd: evaluated + Nanoseconds(Int64(request.encodeNanoseconds)))
            let times = outcome.stepTimes.shares(of: request.computeNanoseconds)
            let model = outcome.routed?.variant.member ?? task.model
            let calls = TracedCall.calls(by: model, times, from: decoded)
            trace.called(
                outcome.routed == nil ? calls : TracedCall.routed(to: model, calls, from: decoded, to: evaluated))
        }
        note(trace, &head, bodyByteCount: bodyByteCount)
    }
}
