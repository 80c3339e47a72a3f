import HTTPConnections
import LinuxSystem
import Testing

@testable import InferenceServer
@testable import ModelRepository

/// What health checks are told, by phase of the process and state of the models.
@Suite struct ResourceAnswersTests {
    private let state = ServerState(log: EventLog(level: .error, format: .text, sink: MemorySink()))
    private let healthy = ServingTable(models: [], names: [])
    private let broken = ServingTable(models: [], names: [.init(name: "m", versions: [], reason: "no version")])

    private func answer(_ path: String, _ table: ServingTable, isStrict: Bool = true) throws -> (HTTPStatus, String) {
        var options = ServerOptions()
        options.strictReadiness = isStrict
        let path = Array(path.utf8)
        let found = EndpointTable.endpoint(for: path.span)
        let endpoint = try #require(found)
        var reply = ByteBuffer()
        let head = ResourceAnswers(table, state, options).answer(endpoint, path.span, Span(), to: &reply)
        return (head.status, reply.withBytes { $0.text($0.indices) })
    }

    @Test(arguments: [
        (ServerState.Phase.starting, "Server starting"), (.ending, "Server exiting"),
    ])
    func `a process that does not serve says whether it starts or ends`(
        phase: ServerState.Phase, sentence: String
    ) throws {
        state.enter(phase)
        for path in ["/v2/health/live", "/v2/health/ready"] {
            let answer = try answer(path, healthy)
            #expect(answer == (.serviceUnavailable, "{\"error\":\"\(sentence)\"}"))
        }
    }

    @Test func `a process starts before it serves`() throws {
        #expect(try answer("/v2/health/ready", healthy).1.contains("starting"))
    }

    @Test func `readiness depends on the models, being alive does not`() throws {
        state.enter(.serving)
        #expect(try answer("/v2/health/ready", healthy).0 == .ok)
        #expect(try answer("/v2/health/live", broken).0 == .ok)
        let refusal = try answer("/v2/health/ready", broken)
        #expect(refusal == (.badRequest, "{\"live\":true,\"ready\":false}"))
        #expect(try answer("/v2/health/ready", broken, isStrict: false).0 == .ok)
    }
}
