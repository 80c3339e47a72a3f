import LinuxSystem
import TestSupport
import Testing

@testable import ServerView

/// One reading after another, from servers that answer well and badly.
struct ServerReadingTests {
    private func reading(_ source: ScriptedSource) throws -> ServerReading {
        let server = try ServerAddress("localhost:8000", defaultPort: 8_000)
        return ServerReading(server: server, metrics: server.metricsByCustom, source: source, clock: FakeClock())
    }

    private let page = "nv_inference_count{model=\"m\",version=\"1\"} 1\n"

    @Test func `the first reading has no rates, the second has`() throws {
        let source = ScriptedSource([
            "/metrics": [(200, page), (200, page.replacing(" 1\n", with: " 3\n"))],
            "/v2": [(200, "{\"name\":\"triton\",\"version\":\"2.51.0\",\"extensions\":[\"a\"]}")],
            "/v2/health/ready": [(200, ""), (400, "")],
        ])
        var reading = try reading(source)
        #expect(try reading.read() == nil)
        #expect(reading.standing.product == "triton 2.51.0" && reading.standing.isReady == true)
        #expect(try reading.read()?.models.count == 1)
        #expect(reading.standing.isReady == false)
        #expect(source.asked.first == "http://localhost:8002/metrics")
        #expect(source.asked.count { $0.hasSuffix("/v2") } == 1)
    }

    @Test func `a server whose inference port does not answer is shown by its metrics`() throws {
        let source = ScriptedSource(["/metrics": [(200, page + "rowan_build_info{version=\"9\"} 1\n")]])
        var reading = try reading(source)
        #expect(try reading.read() == nil)
        #expect(reading.standing.product == "rowan 9" && reading.standing.isReady == nil)
    }

    @Test(
        arguments: [
            ([], "http://localhost:8002/metrics does not answer"), ([(404, "")], "with status 404"),
            ([(200, "<html>")], "no metrics page of Rowan or Triton"),
        ] as [([(Int, String)], String)])
    func `what cannot be read is said in clear words`(answers: [(Int, String)], sentence: String) throws {
        var reading = try reading(ScriptedSource(["/metrics": answers.map { (status: $0.0, body: $0.1) }]))
        let fault = #expect(throws: ViewFault.self) { try reading.read() }
        #expect(fault?.message.contains(sentence) == true, "\(fault?.message ?? "")")
    }
}
