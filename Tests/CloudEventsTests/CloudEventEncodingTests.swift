import LinuxSystem
import OutgoingHTTP
import Testing

@testable import CloudEvents

/// Events as JSON and as fields, against the specification's own examples; the official library reads them in the
/// conformance tests.
@Suite struct CloudEventEncodingTests {
    private static let event = CloudEvent(
        id: "a-1", source: "/rowan/host", type: "rowan.drift.detected", subject: "m \"x\"",
        time: "2026-11-30T10:00:00.000Z", data: Array("{\"psi\":0.5}".utf8))

    @Test func `a structured event is one object with all attributes`() {
        let text = String(decoding: CloudEventEncoding.structured(Self.event), as: UTF8.self)
        #expect(
            text == "{\"specversion\":\"1.0\",\"id\":\"a-1\",\"source\":\"/rowan/host\","
                + "\"type\":\"rowan.drift.detected\",\"subject\":\"m \\\"x\\\"\","
                + "\"time\":\"2026-11-30T10:00:00.000Z\",\"datacontenttype\":\"application/json\","
                + "\"data\":{\"psi\":0.5}}")
    }

    @Test(arguments: [
        ("plain/value-1.0:~", "plain/value-1.0:~"), ("Euro € 😀", "Euro%20%E2%82%AC%20%F0%9F%98%80"),
        ("a \"b\" 100%", "a%20%22b%22%20100%25"), ("line\r\nfeed", "line%0D%0Afeed"), ("", ""),
    ]) func `fields hold only what they may`(value: String, expected: String) {
        #expect(CloudEventEncoding.escaped(value) == expected)
    }

    @Test func `a binary event has its attributes in fields`() {
        let fields = CloudEventEncoding.binaryFields(Self.event)
        #expect(fields.map(\.name) == ["ce-specversion", "ce-id", "ce-source", "ce-type", "ce-subject", "ce-time"])
        #expect(fields[4].value == "m%20%22x%22")
    }

    @Test(arguments: [
        (200, EventQueue.Outcome.delivered), (202, .delivered), (204, .delivered),
        (301, .refused(reason: "status 301")), (400, .refused(reason: "status 400")),
        (410, .refused(reason: "status 410")), (415, .refused(reason: "status 415")),
        (408, .failed(after: nil, reason: "status 408")), (429, .failed(after: .seconds(7), reason: "status 429")),
        (500, .failed(after: nil, reason: "status 500")), (503, .failed(after: nil, reason: "status 503")),
    ]) func `a status says whether to try again`(status: Int, expected: EventQueue.Outcome) {
        let response = OutgoingResponse(status: status, retryAfter: status == 429 ? .seconds(7) : nil)
        #expect(HTTPEventReceiver.outcome(of: response) == expected)
    }

    @Test func `an answer that is longer than anybody reads has taken the event`() {
        #expect(CloudEventsLimits.answerByteCount < OutgoingHTTPLimits.responseByteCount)
    }

    @Test func `a place that cannot be is named`() {
        func fault(_ url: String, token: String? = nil) -> String? {
            EventSinkOptions(
                name: "s", target: .http(url: url, mode: .binary, token: token, timeoutSeconds: 1)
            ).fault
        }
        #expect(fault("https://example.org/events") == nil)
        #expect(fault("ftp://example.org")?.contains("neither with http") == true)
        #expect(fault("https://example.org/", token: "a b")?.contains("the token") == true)
        let options = EventSinkOptions(
            name: "s", target: .http(url: "https://h:81/secret", mode: .binary, token: nil, timeoutSeconds: 1))
        #expect(options.shownTarget == "https://h:81")
    }
}
