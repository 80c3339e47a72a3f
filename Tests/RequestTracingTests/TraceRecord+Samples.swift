import LinuxSystem

@testable import RequestTracing

/// Records as a loop would make them.
extension TraceRecord {
    static func sample(
        _ directive: TraceDirective = TraceDirective(TraceSetting()), isEvaluated: Bool = true, model: String = "fraud"
    ) -> TraceRecord {
        guard let trace = TraceIdentity(high: 0x0102_0304_0506_0708, low: 0x090A_0B0C_0D0E_0F10),
            let span = SpanIdentity(0x1112_1314_1516_1718)
        else { preconditionFailure("neither is zero") }
        let request = RequestTrace(
            TraceRecord(directive, trace: trace, span: span, parent: nil, model: model, version: 3))
        request.record.instants.receiveStart = Nanoseconds(100)
        request.record.instants.receiveEnd = Nanoseconds(110)
        request.record.instants.requestStart = Nanoseconds(120)
        if isEvaluated {
            request.evaluated(
                id: Array("\"a\"".utf8).span, rowCount: 2, batchRowCount: 5, queueStart: Nanoseconds(130),
                computeStart: Nanoseconds(140), inputEnd: Nanoseconds(150), outputStart: Nanoseconds(160),
                computeEnd: Nanoseconds(170))
        }
        request.answered(isEvaluated ? 200 : 400, bodyByteCount: 77, at: Nanoseconds(180))
        request.record.instants.sendEnd = Nanoseconds(190)
        return request.record
    }
}
