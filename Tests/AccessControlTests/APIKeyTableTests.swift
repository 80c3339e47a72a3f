import Testing

@testable import AccessControl

@Suite struct APIKeyTableTests {
    private struct Sample {
        let key: APIKey
        let text: [UInt8]
    }

    private static func sample(_ id: String, _ change: (inout APIKey) -> Void = { _ in }) throws -> Sample {
        try #require(SecretDigest.libraryFault == nil)
        let secret = try KeySecret()
        let identity = try #require(APIKeyID(id))
        var key = APIKey(id: identity, digest: try SecretDigest(of: secret))
        change(&key)
        return Sample(key: key, text: Array(PresentedKey.text(identity, secret).utf8))
    }

    private static func verdict(
        _ table: APIKeyTable, _ text: [UInt8]?, model: String = "m", loop: Int = 0, now: Int64 = 0
    ) -> (refusal: KeyRefusal?, key: String?) {
        let bytes = text ?? []
        let credential = text.map { Credential.one($0.indices) } ?? .none
        switch table.verdict(on: credential, bytes.span, model: Array(model.utf8).span, loop: loop, now: now) {
        case .admitted(let entry): return (nil, entry.key.id.description)
        case .refused(let refusal, let entry): return (refusal, entry?.key.id.description)
        }
    }

    @Test func `keys are told apart`() throws {
        let (a, b) = (try Self.sample("a"), try Self.sample("b"))
        let table = APIKeyTable([a.key, b.key], loopCount: 1)
        #expect(Self.verdict(table, a.text) == (nil, "a"))
        #expect(Self.verdict(table, b.text) == (nil, "b"))
        #expect(Self.verdict(table, nil) == (.missing, nil))
        #expect(Self.verdict(table, Array("token".utf8)) == (.malformed, nil))
        #expect(Self.verdict(table, []) == (.malformed, nil))
        #expect(Self.verdict(table, try Self.sample("a").text) == (.unknown, nil), "another secret")
        #expect(Self.verdict(table, try Self.sample("c").text) == (.unknown, nil), "another id")
        let mixed = Array("rk_b_".utf8) + a.text.dropFirst(5)
        #expect(Self.verdict(table, mixed) == (.unknown, nil), "another's secret")
        let several = table.verdict(on: .several, Span(), model: Span(), loop: 0, now: 0)
        guard case .refused(.malformed, nil) = several else {
            Issue.record("two keys")
            return
        }
    }

    @Test func `a key opens the models that it names`() throws {
        let one = try Self.sample("a") { $0.models = ["fraud", "b c"] }
        let none = try Self.sample("b") { $0.models = [] }
        let table = APIKeyTable([one.key, none.key], loopCount: 1)
        #expect(Self.verdict(table, one.text, model: "fraud") == (nil, "a"))
        #expect(Self.verdict(table, one.text, model: "b c") == (nil, "a"))
        for model in ["frau", "fraud2", "Fraud", "", "b%20c"] {
            #expect(Self.verdict(table, one.text, model: model) == (.model, "a"), "\(model)")
        }
        #expect(Self.verdict(table, none.text, model: "fraud") == (.model, "b"))
        #expect(one.key.limit == nil && table.entries[0].usage.tallies[0].value(of: .forbidden) == 5)
    }

    @Test func `what a key has used up stays used up when the file changes`() throws {
        let sample = try Self.sample("a") { $0.limit = RateLimit(requestsPerSecond: 1, burst: 2) }
        let table = APIKeyTable([sample.key], loopCount: 2)
        #expect(Self.verdict(table, sample.text, loop: 0) == (nil, "a"))
        #expect(Self.verdict(table, sample.text, loop: 1) == (nil, "a"))
        let other = try Self.sample("b")
        let next = APIKeyTable([other.key, sample.key], loopCount: 2, successorOf: table)
        #expect(Self.verdict(next, sample.text, loop: 1) == (.rate(waitNanoseconds: 1_000_000_000), "a"))
        #expect(Self.verdict(next, sample.text, now: 1_000_000_000) == (nil, "a"))
        let counts = next.entries[1].usage.tallies.map { tally in KeyTally.Outcome.allCases.map(tally.value) }
        #expect(counts == [[2, 0, 0], [1, 0, 1]])
        let gone = APIKeyTable([other.key], loopCount: 2, successorOf: next)
        #expect(Self.verdict(gone, sample.text) == (.unknown, nil))
    }

    @Test func `only the scope admin opens calls that change the server`() throws {
        let (a, b) = (try Self.sample("a") { $0.scope = .admin }, try Self.sample("b"))
        let table = APIKeyTable([a.key, b.key], loopCount: 1)
        func refusal(_ text: [UInt8]?) -> KeyRefusal? {
            let bytes = text ?? []
            switch table.adminVerdict(on: text.map { .one($0.indices) } ?? .none, bytes.span, loop: 0) {
            case .admitted: return nil
            case .refused(let refusal, _): return refusal
            }
        }
        #expect(refusal(a.text) == nil)
        #expect(refusal(b.text) == .scope)
        #expect(refusal(nil) == .missing)
        #expect(Self.verdict(table, a.text) == (nil, "a"), "admin opens inference, too")
    }

    @Test func `refusals say what to do and when, and nothing of what was sent`() {
        let refusals: [KeyRefusal] = [
            .missing, .malformed, .unknown, .model, .scope, .rate(waitNanoseconds: 1_500_000_000),
        ]
        #expect(refusals.map(\.isUnauthenticated) == [true, true, true, false, false, false])
        #expect(refusals.map(\.retryAfterSeconds) == [nil, nil, nil, nil, nil, 2])
        #expect(Set(refusals.map(\.message)).count == 6)
        #expect(KeyRefusal.rate(waitNanoseconds: 1).retryAfterSeconds == 1)
        #expect(KeyRefusal.rate(waitNanoseconds: 1_000_000_000).retryAfterSeconds == 1)
    }
}
