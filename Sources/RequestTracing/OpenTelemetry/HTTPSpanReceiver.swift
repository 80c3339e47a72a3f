import LinuxSystem
import OutgoingHTTP

/// Sends spans to a collector by OTLP over HTTP, as protobuf.
///
/// - Isolation: the side thread.
/// - Source: OTLP 1.x, "OTLP/HTTP": 200 is success, 429, 502, 503 and 504 may be tried again, others may not.
final class HTTPSpanReceiver: SpanReceiver {
    private let options: OpenTelemetryOptions
    private let interruption: Interruption
    private var client: OutgoingClient?

    /// - Parameter interruption: ends an attempt that is under way.
    init(_ options: OpenTelemetryOptions, interruption: Interruption) {
        self.options = options
        self.interruption = interruption
    }

    func send(_ body: [UInt8], within limit: Nanoseconds) -> Answer {
        var fields = [OutgoingRequest.Field("Content-Type", "application/x-protobuf")]
        fields += options.fields.map { OutgoingRequest.Field($0.name, $0.value) }
        var limits = OutgoingRequest.Limits()
        limits.attemptTimeout = min(limit, .milliseconds(options.timeoutMilliseconds))
        limits.connectTimeout = min(limits.connectTimeout, limits.attemptTimeout)
        limits.responseByteCount = TracingLimits.answerByteCount
        do throws(OutgoingFault) {
            let client = try openedClient()
            let url = try OutgoingURL(options.url)
            let response = try client.send(
                OutgoingRequest(.post, url, fields: fields, body: body, limits: limits), retry: .once)
            return Self.answer(response)
        } catch {
            return (.failed(after: nil), 0, error.description)
        }
    }

    /// libcurl is opened with the first spans.
    private func openedClient() throws(OutgoingFault) -> OutgoingClient {
        if let client { return client }
        let opened = try OutgoingClient(interruption: interruption)
        client = opened
        return opened
    }

    static func answer(_ response: OutgoingResponse) -> Answer {
        switch response.status {
        case 200...299:
            let answer = ExportAnswer(response.body.span)
            return (.accepted, answer.rejectedSpans, answer.message)
        case 429, 502, 503, 504:
            return (.failed(after: response.retryAfter), 0, "status \(response.status)")
        default: return (.refused, 0, "status \(response.status)")
        }
    }
}
