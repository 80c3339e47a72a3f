import Testing

@testable import AccessControl

@Suite struct APIRestrictionsTests {
    private static func restrictions(_ groups: [String], prefix: String = "") throws -> APIRestrictions {
        var restrictions = APIRestrictions()
        for group in groups { try restrictions.add(group, prefix: prefix) }
        return restrictions
    }

    /// The examples of Triton's user guide.
    @Test func `groups are read as Triton reads them`() throws {
        let restrictions = try Self.restrictions([
            "shared-memory,model-config,model-repository,statistics,trace:admin-key=admin-value",
            "inference:infer-key=infer-value=1",
        ])
        #expect(restrictions.requirement(of: .sharedMemory)?.name == "admin-key")
        #expect(restrictions.requirement(of: .trace)?.value == ExpectedSecret(Array("admin-value".utf8)))
        #expect(restrictions.requirement(of: .inference)?.value == ExpectedSecret(Array("infer-value=1".utf8)))
        for api in [ProtectedAPI.health, .metadata, .logging] { #expect(restrictions.requirement(of: api) == nil) }
        let grpc = try Self.restrictions(["health:K=v"], prefix: "triton-grpc-protocol-")
        #expect(grpc.requirement(of: .health)?.name == "triton-grpc-protocol-k")
        #expect(APIRestrictions().isEmpty && !restrictions.isEmpty)
    }

    @Test(arguments: [
        "", "health", "health:", "health:k", "health:=v", "health:k=", ":k=v", "healthy:k=v", "health,:k=v",
        "health,health:k=v", "health:k k=v", "health:k=v v", "health:k=\u{e9}", "health=k:v",
    ])
    func `what is no group is refused without showing the value`(group: String) throws {
        #expect(throws: APIRestrictions.Fault.self) { _ = try Self.restrictions([group]) }
    }

    @Test func `an API stands in one group`() {
        #expect(throws: APIRestrictions.Fault(expected: "each API in one group; health is in two")) {
            _ = try Self.restrictions(["health:a=b", "metadata,health:c=d"])
        }
    }

    @Test func `names and values have limits`() throws {
        let name = String(repeating: "k", count: AccessControlLimits.restrictionNameByteCount)
        let value = String(repeating: "v", count: AccessControlLimits.restrictionValueByteCount)
        _ = try Self.restrictions(["health:\(name)=\(value)"])
        #expect(throws: APIRestrictions.Fault.self) { _ = try Self.restrictions(["health:\(name)k=v"]) }
        #expect(throws: APIRestrictions.Fault.self) { _ = try Self.restrictions(["health:k=\(value)v"]) }
        #expect(throws: APIRestrictions.Fault.self) { _ = try Self.restrictions(["health:\(name)=v"], prefix: "p-") }
    }

    @Test func `only the name in any case and the very value count`() throws {
        let requirement = try #require(try Self.restrictions(["health:X-Key=Secret"]).requirement(of: .health))
        func isNamed(_ name: String) -> Bool { requirement.isNamed(Array(name.utf8).span) }
        #expect(isNamed("x-key") && isNamed("X-KEY"))
        #expect(!isNamed("x-kez") && !isNamed("x-ke") && !isNamed("x-key2"))
        #expect(requirement.value == ExpectedSecret(Array("Secret".utf8)))
    }
}
