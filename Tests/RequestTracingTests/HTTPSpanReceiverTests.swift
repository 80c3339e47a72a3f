import LinuxSystem
import OutgoingHTTP
import Testing

@testable import RequestTracing

/// What a collector's answer means, as OTLP over HTTP lists it; sending itself is tested with a real server in
/// Tests/Conformance/test_tracing.py.
@Suite struct HTTPSpanReceiverTests {
    private func answer(_ status: Int, retryAfter: Nanoseconds? = nil, body: [UInt8] = []) -> SpanReceiver.Answer {
        HTTPSpanReceiver.answer(OutgoingResponse(status: status, body: body, retryAfter: retryAfter))
    }

    @Test(arguments: [200, 202, 204]) func `success is taken`(status: Int) {
        #expect(answer(status).outcome == .accepted)
    }

    @Test(arguments: [429, 502, 503, 504]) func `some statuses mean later`(status: Int) {
        #expect(answer(status).outcome == .failed(after: nil) && answer(status).reason == "status \(status)")
        #expect(answer(status, retryAfter: .seconds(7)).outcome == .failed(after: .seconds(7)))
    }

    @Test(arguments: [301, 400, 401, 404, 413, 500, 501]) func `others mean never`(status: Int) {
        #expect(answer(status, retryAfter: .seconds(7)).outcome == .refused)
    }

    @Test func `a part that was not taken is told`() {
        // partial_success { rejected_spans: 5 }
        #expect(answer(200, body: [0x0A, 2, 8, 5]).rejectedSpans == 5)
    }

    @Test func `answers are read up to a limit, and what cannot be reached fails`() {
        var options = OpenTelemetryOptions()
        // Nobody listens at port 1 of this machine.
        options.url = "http://127.0.0.1:1/v1/traces"
        let receiver = HTTPSpanReceiver(options, interruption: Interruption())
        let answer = receiver.send([1], within: .seconds(5))
        #expect(answer.outcome == .failed(after: nil) && answer.reason.hasPrefix("http://127.0.0.1:1: "))
        #expect(TracingLimits.answerByteCount >= 1 << 10)
    }
}
