import HTTPConnections
import LinuxSystem
import TestSupport
import Testing

@testable import InferenceServer
@testable import ModelRepository

/// What health checks are told, by phase of the process and state of the models.
@Suite struct ResourceAnswersTests {
    private let state = ServerState(log: EventLog(level: .error, format: .text, sink: MemorySink()))
    private let healthy = ServingTable(models: [], names: [])
    private let broken = ServingTable(models: [], names: [.init(name: "m", versions: [], reason: "no version")])

    private func answer(
        _ path: String, _ table: ServingTable, isStrict: Bool = true, body: String = ""
    ) throws -> (HTTPStatus, String) {
        var options = ServerOptions()
        options.strictReadiness = isStrict
        let path = Array(path.utf8)
        let found = EndpointTable.endpoint(for: path.span)
        let endpoint = try #require(found)
        var reply = ByteBuffer()
        let head = ResourceAnswers(table, state, options).answer(
            endpoint, path.span, Array(body.utf8).span, to: &reply)
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

    @Test func `a server that refuses for want of room is not ready if it was told so, and alive all the same`() throws
    {
        let clock = FakeClock()
        let state = ServerState(log: EventLog(level: .error, format: .text, sink: MemorySink()), clock: clock)
        state.enter(.serving)
        var options = ServerOptions()
        func ask(_ endpoint: EndpointTable.Endpoint) -> (HTTPStatus, Int, String) {
            var reply = ByteBuffer()
            let head = ResourceAnswers(healthy, state, options).answer(endpoint, Span(), Span(), to: &reply)
            return (head.status, head.retryAfterSeconds, reply.withBytes { $0.text($0.indices) })
        }
        for _ in 0..<3 {
            state.overload.requestRefused()
            clock.advance(by: .milliseconds(600))
        }
        #expect(ask(.ready).0 == .ok)
        options.unreadyWhenOverloaded = true
        #expect(ask(.ready) == (.serviceUnavailable, 1, "{\"error\":\"Server overloaded\"}"))
        #expect(ask(.live).0 == .ok)
        clock.advance(by: OverloadState.leavingTime)
        #expect(ask(.ready).0 == .ok)
        state.overload.requestRefused()
        state.enter(.ending)
        #expect(ask(.ready).2 == "{\"error\":\"Server exiting\"}")
    }

    @Test func `a large request that finds the queue full is told to come back`() {
        var reply = ByteBuffer()
        let head = ResourceAnswers(healthy, state, ServerOptions()).overload(to: &reply)
        #expect(head.status == .serviceUnavailable && head.retryAfterSeconds == 1)
        #expect(
            reply.withBytes { $0.text($0.indices) }
                == "{\"error\":\"the server is overloaded: too many large requests wait\"}")
    }

    @Test func `what stands in no table is not found, and what is no version is a fault`() throws {
        #expect(try answer("/v2/models/none", healthy).0 == .notFound)
        #expect(try answer("/v2/models/m", broken).0 == .notFound)
        let large = try answer("/v2/models/m/versions/9223372036854775808", broken)
        #expect(large == (.badRequest, "{\"error\":\"the version '9223372036854775808' is no 64-bit number\"}"))
        #expect(try answer("/v2/models/m/versions/9223372036854775807", broken).0 == .notFound)
    }

    @Test(arguments: [
        ("a%20b", "a b"), ("gr%C3%B6%c3%9fe", "größe"), ("a%2", "a%2"), ("a%", "a%"), ("%zz%41", "%zzA"), ("", ""),
    ])
    func `a name is decoded as RFC 3986 encodes it`(encoded: String, name: String) {
        let bytes = Array(encoded.utf8)
        #expect(ResourceAnswers.decoded(bytes.span, 0..<bytes.count) == name)
    }

    @Test func `the index names what is not ready, unless it is asked for what is`() throws {
        let path = "/v2/repository/index"
        for body in ["", "{}", "{\"ready\":false}", "{\"other\":[1],\"ready\":false}"] {
            let answer = try answer(path, broken, body: body)
            #expect(answer.0 == .ok && answer.1.contains("\"name\":\"m\""), "\(body)")
            #expect(answer.1.contains("\"reason\":\"no version\""), "\(body)")
        }
        let ready = try answer(path, broken, body: "{\"ready\":true}")
        #expect(ready == (.ok, "[]"))
        for body in ["[]", "{\"ready\":1}", "{", "{} x"] {
            #expect(try answer(path, broken, body: body).0 == .badRequest, "\(body)")
        }
    }
}
