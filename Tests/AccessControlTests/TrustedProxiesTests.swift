import LinuxSystem
import Testing

@testable import AccessControl

@Suite struct TrustedProxiesTests {
    private static func client(_ trusted: String, _ peer: String, _ fields: [String]) throws -> String {
        let proxies = try TrustedProxies(trusted)
        let address = try #require(SocketAddress(peer, port: 4711))
        return proxies.client(of: address, forwardedFor: fields).host
    }

    @Test func `who is not trusted is the client, whatever it writes`() throws {
        #expect(try Self.client("10.0.0.0/8", "192.0.2.1", ["203.0.113.9"]) == "192.0.2.1")
        let nobody = TrustedProxies()
        let peer = try #require(SocketAddress("192.0.2.1", port: 1))
        #expect(nobody.isEmpty && nobody.client(of: peer, forwardedFor: ["203.0.113.9"]) == peer)
    }

    @Test func `the last entry that a trusted proxy has written counts`() throws {
        let trusted = "10.0.0.0/8, ::1,2001:db8::/32"
        let table: [([String], String)] = [
            ([], "10.0.0.1"), (["203.0.113.9"], "203.0.113.9"), (["6.6.6.6, 203.0.113.9"], "203.0.113.9"),
            (["203.0.113.9, 10.1.1.1"], "203.0.113.9"), (["203.0.113.9", "10.1.1.1"], "203.0.113.9"),
            (["203.0.113.9:5000"], "203.0.113.9"), (["[2001:db9::1]:80"], "2001:db9::1"),
            (["2001:db9::1"], "2001:db9::1"),
            (["203.0.113.9 , 2001:db8::5"], "203.0.113.9"), (["10.2.2.2, 10.1.1.1"], "10.2.2.2"),
            (["203.0.113.9, unknown"], "10.0.0.1"), (["203.0.113.9, "], "10.0.0.1"),
            (["unknown, 10.1.1.1"], "10.1.1.1"),
            (["1.2.3.4:x"], "10.0.0.1"), ([String(repeating: "a", count: 65)], "10.0.0.1"),
        ]
        for (fields, expected) in table {
            #expect(try Self.client(trusted, "10.0.0.1", fields) == expected, "\(fields)")
        }
        #expect(try Self.client(trusted, "::ffff:10.0.0.1", ["203.0.113.9"]) == "203.0.113.9")
    }

    @Test func `what stands before very many proxies is not looked at`() throws {
        let hops = Array(repeating: "10.1.1.1", count: AccessControlLimits.forwardedHopCount - 1)
        func client(_ hops: [String]) throws -> String {
            try Self.client("10.0.0.0/8", "10.0.0.1", [hops.joined(separator: ",")])
        }
        #expect(try client(["203.0.113.9"] + hops) == "203.0.113.9")
        #expect(try client(["203.0.113.9", "10.2.2.2"] + hops) == "10.2.2.2")
    }

    @Test func `lists have limits and hold addresses only`() throws {
        let many = Array(repeating: "::1", count: AccessControlLimits.trustedRangeCount)
        _ = try TrustedProxies(many.joined(separator: ","))
        #expect(throws: TrustedProxies.Fault.self) { _ = try TrustedProxies((many + ["::1"]).joined(separator: ",")) }
        for list in ["", "proxy.example.com", "10.0.0.0/33", "10.0.0.1/8", "10.0.0.0/8,"] {
            #expect(throws: TrustedProxies.Fault.self, "\(list)") { _ = try TrustedProxies(list) }
        }
    }
}
