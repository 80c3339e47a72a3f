import LinuxSystem
import OutgoingHTTP

/// Brings events to a server by POST.
///
/// - Isolation: the side thread.
/// - Source: CloudEvents 1.0.2, *HTTP Protocol Binding*; *HTTP 1.1 Web Hooks for Event Delivery*, section 2.2: any
///   success takes the event, 410 and 415 say never, 429 and troubles of the server may pass.
final class HTTPEventReceiver: EventReceiver {
    private let url: String
    private let mode: EventSinkOptions.Mode
    private let token: String?
    private let timeout: Nanoseconds
    private let interruption: Interruption
    private var client: OutgoingClient?

    /// - Parameter interruption: ends an attempt that is under way.
    init(
        url: String, mode: EventSinkOptions.Mode, token: String?, timeoutSeconds: Double, interruption: Interruption
    ) {
        self.url = url
        self.mode = mode
        self.token = token
        timeout = Nanoseconds(Int64(timeoutSeconds * 1e9))
        self.interruption = interruption
    }

    func deliver(_ event: CloudEvent, within limit: Nanoseconds) -> EventQueue.Outcome {
        var limits = OutgoingRequest.Limits()
        limits.attemptTimeout = min(limit, timeout)
        limits.connectTimeout = min(limits.connectTimeout, limits.attemptTimeout)
        limits.responseByteCount = CloudEventsLimits.answerByteCount
        do throws(OutgoingFault) {
            let client = try openedClient()
            let (fields, body) = content(of: event)
            let response = try client.send(
                OutgoingRequest(.post, try OutgoingURL(url), fields: fields, body: body, limits: limits), retry: .once)
            return Self.outcome(of: response)
        } catch {
            // Whoever takes an event may say as much as he likes.
            if case .tooLarge = error.kind, (200...299).contains(error.status) { return .delivered }
            return .failed(after: nil, reason: error.description)
        }
    }

    private func content(of event: CloudEvent) -> ([OutgoingRequest.Field], [UInt8]) {
        var fields: [OutgoingRequest.Field] = []
        if let token { fields.append(OutgoingRequest.Field("Authorization", "Bearer \(token)")) }
        switch mode {
        case .structured:
            fields.append(OutgoingRequest.Field("Content-Type", "application/cloudevents+json; charset=UTF-8"))
            return (fields, CloudEventEncoding.structured(event))
        case .binary:
            fields.append(OutgoingRequest.Field("Content-Type", "application/json"))
            fields += CloudEventEncoding.binaryFields(event).map { OutgoingRequest.Field($0.name, $0.value) }
            return (fields, event.data)
        }
    }

    /// libcurl is opened with the first event.
    private func openedClient() throws(OutgoingFault) -> OutgoingClient {
        if let client { return client }
        let opened = try OutgoingClient(interruption: interruption)
        client = opened
        return opened
    }

    static func outcome(of response: OutgoingResponse) -> EventQueue.Outcome {
        switch response.status {
        case 200...299: .delivered
        case 408, 425, 429, 500...599: .failed(after: response.retryAfter, reason: "status \(response.status)")
        default: .refused(reason: "status \(response.status)")
        }
    }
}
