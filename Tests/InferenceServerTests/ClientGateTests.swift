import AccessControl
import HTTPConnections
import LinuxSystem
import OpenInferenceProtocol
import TestSupport
import Testing

@testable import InferenceServer

@Suite struct ClientGateTests {
    private let folder = TemporaryFolder()

    /// A gate and a key of its file.
    private func gate(
        http: [String] = [], grpc: [String] = [], _ wanted: KeyFileEditor.NewKey = KeyFileEditor.NewKey()
    ) throws -> (gate: ClientGate, key: String, counters: KeyRefusalCounters) {
        let editor = KeyFileEditor(folder.path + "/keys.json")
        let key = try editor.add(wanted, at: 0).text
        var restrictions = (http: APIRestrictions(), grpc: APIRestrictions())
        for group in http { try restrictions.http.add(group) }
        for group in grpc { try restrictions.grpc.add(group, prefix: "triton-grpc-protocol-") }
        let counters = KeyRefusalCounters(loopCount: 1)
        let gate = ClientGate(
            loop: 0, httpRestrictions: restrictions.http, grpcRestrictions: restrictions.grpc,
            keys: APIKeyTable(try editor.keys(), loopCount: 1), counters: counters)
        return (gate, key, counters)
    }

    private func judged(_ gate: ClientGate, _ lines: [String], model: String = "m", at now: Nanoseconds = .zero)
        -> AccessRefusal?
    {
        ParsedHead.with(lines) { head, bytes in
            gate.inference(of: Array(model.utf8).span, head, bytes, at: now).refusal
        } ?? nil
    }

    @Test func `the first field of a name opens what is restricted, for each protocol by its own`() throws {
        let (gate, _, counters) = try gate(http: ["health,trace:K=v"], grpc: ["health:K=w"])
        func http(_ api: ProtectedAPI, _ lines: [String]) -> AccessRefusal? {
            ParsedHead.with(lines) { gate.restriction(of: api, $0, $1) } ?? nil
        }
        func grpc(_ lines: [String]) -> AccessRefusal? {
            ParsedHead.with(lines) { gate.grpcRestriction(of: .health, $0, $1) } ?? nil
        }
        #expect(http(.health, ["k: v"]) == nil && http(.trace, ["K: v"]) == nil && http(.logging, []) == nil)
        for lines in [[], ["k: V"], ["k: w"], ["k: w", "k: v"], ["k2: v"], ["k:"]] {
            #expect(http(.health, lines) == .restricted(field: "k"), "\(lines)")
        }
        #expect(http(.health, ["k: v", "k: w"]) == nil)
        #expect(grpc(["triton-grpc-protocol-k: w"]) == nil)
        #expect(grpc(["k: w"]) == .restricted(field: "triton-grpc-protocol-k"))
        #expect(counters.value(of: .restricted) == 7)
    }

    @Test func `a key is asked for and counted`() throws {
        var wanted = KeyFileEditor.NewKey()
        wanted.models = ["m"]
        wanted.requestsPerSecond = 1
        wanted.burst = 2
        let (gate, key, counters) = try gate(wanted)
        #expect(judged(gate, []) == .key(.missing))
        #expect(judged(gate, ["x-api-key: a"]) == .key(.malformed))
        #expect(judged(gate, ["x-api-key: \(key)", "x-api-key: \(key)"]) == .key(.malformed))
        #expect(judged(gate, ["x-api-key: \(key.dropLast())g"]) == .key(.malformed))
        #expect(judged(gate, ["x-api-key: \(key)"], model: "n") == .key(.model))
        #expect(judged(gate, ["Authorization: Bearer \(key)"]) == nil)
        #expect(judged(gate, ["x-api-key: \(key)"]) == nil)
        #expect(judged(gate, ["x-api-key: \(key)"]) == .key(.rate(waitNanoseconds: 1_000_000_000)))
        #expect(judged(gate, ["x-api-key: \(key)"], at: .seconds(1)) == nil)
        #expect(counters.value(of: .missing) == 1 && counters.value(of: .malformed) == 3)
        let rows = KeyFigures(gate.keys, counters).rows
        #expect(rows.map(\.counts) == [[3, 1, 1]])
    }

    @Test func `the messages of a stream are judged one by one`() throws {
        var wanted = KeyFileEditor.NewKey()
        wanted.models = ["m"]
        wanted.requestsPerSecond = 1
        wanted.burst = 1
        let (gate, key, _) = try gate(wanted)
        let entry = ParsedHead.with(["authorization: Bearer \(key)"]) { gate.callKey($0, $1) }
        guard case .success(let found?)? = entry else {
            Issue.record("the key is known")
            return
        }
        func message(_ model: String, at now: Nanoseconds) -> AccessRefusal? {
            gate.message(of: Array(model.utf8).span, for: found, at: now)
        }
        #expect(message("n", at: .zero) == .key(.model))
        #expect(message("m", at: .zero) == nil)
        #expect(message("m", at: .zero)?.callStatus.code == .resourceExhausted)
        #expect(message("m", at: .seconds(1)) == nil)
        guard case .failure(.key(.missing))? = ParsedHead.with([], { gate.callKey($0, $1) }) else {
            Issue.record("a stream needs a key")
            return
        }
    }

    @Test func `only an admin key changes the server; what is no key may be the token`() throws {
        var wanted = KeyFileEditor.NewKey()
        wanted.id = APIKeyID("plain")
        let (_, plain, _) = try gate(wanted)
        wanted.id = APIKeyID("boss")
        wanted.scope = .admin
        let (gate, boss, _) = try gate(wanted)
        func facts(_ lines: [String]) -> AdminAccess.KeyFacts? { ParsedHead.with(lines) { gate.admin($0, $1) } }
        #expect(
            facts([]) == AdminAccess.KeyFacts.none
                && facts(["authorization: Bearer token"]) == AdminAccess.KeyFacts.none)
        #expect(facts(["authorization: Bearer \(boss)"]) == .admitted("boss"))
        #expect(facts(["x-api-key: \(plain)"]) == .refused(KeyRefusal.scope.message))
        #expect(facts(["x-api-key: rk_boss_"]) == .refused(KeyRefusal.malformed.message))
        let access = AdminAccess(token: Array("0123456789abcdef".utf8))
        var fact = AdminAccess.Facts()
        fact.key = .admitted("boss")
        #expect(access.verdict(on: fact) == .permitted(.key("boss")))
        #expect(AdminAccess().verdict(on: fact) == .permitted(.key("boss")), "from anywhere")
        fact.key = .refused("no")
        fact.authorizations = ["Bearer 0123456789abcdef"]
        #expect(access.verdict(on: fact) == .refused("no"))
        #expect(AdminAccess.Grounds.key("boss").text == "key boss")
    }

    @Test func `refusals have a status in each protocol`() {
        let table: [(AccessRefusal, HTTPStatus, GRPCStatusCode)] = [
            (.restricted(field: "k"), .forbidden, .unavailable), (.key(.missing), .unauthorized, .unauthenticated),
            (.key(.malformed), .unauthorized, .unauthenticated), (.key(.unknown), .unauthorized, .unauthenticated),
            (.key(.model), .forbidden, .permissionDenied),
            (.key(.scope), .forbidden, .permissionDenied),
            (.key(.rate(waitNanoseconds: 1)), .tooManyRequests, .resourceExhausted),
        ]
        for (refusal, status, code) in table {
            #expect(refusal.httpStatus == status && refusal.callStatus.code == code, "\(refusal)")
            #expect((refusal.retryAfterSeconds != nil) == (status == .tooManyRequests))
        }
        #expect(AccessRefusal.restricted(field: "k").message == "This API is restricted, expecting header 'k'")
        #expect(AccessRefusal.restricted(field: "k").grpcMessage == "This protocol is restricted, expecting header 'k'")
    }

    @Test func `every resource belongs to a part of the protocol`() throws {
        let table: [(String, ProtectedAPI)] = [
            ("/v2/health/live", .health), ("/v2/health/ready", .health), ("/v2/models/m/ready", .health),
            ("/v2", .metadata), ("/v2/models/m", .metadata), ("/v2/models/m/versions/1", .metadata),
            ("/v2/docs", .metadata), ("/v2/openapi.json", .metadata), ("/v2/models/m/infer", .inference),
            ("/v2/models/m/generate", .inference), ("/v2/models/m/config", .modelConfiguration),
            ("/v2/models/m/stats", .statistics), ("/v2/models/stats", .statistics), ("/v2/models", .modelRepository),
            ("/v2/repository/index", .modelRepository), ("/v2/repository/models/m/load", .modelRepository),
            ("/v2/systemsharedmemory/status", .sharedMemory), ("/v2/trace/setting", .trace),
            ("/v2/models/m/trace/setting", .trace), ("/v2/logging", .logging),
        ]
        for (path, api) in table {
            let bytes = Array(path.utf8)
            #expect(EndpointTable.endpoint(for: bytes.span)?.protectedAPI == api, "\(path)")
        }
    }
}
