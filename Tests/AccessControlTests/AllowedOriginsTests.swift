import Testing

@testable import AccessControl

@Suite struct AllowedOriginsTests {
    private static func place(_ list: String, _ origin: String) throws -> Int? {
        try AllowedOrigins(list).place(of: Array(origin.utf8).span)
    }

    @Test func `an origin is found by its bytes`() throws {
        let list = "https://app.example.com, http://localhost:3000,http://[::1]:8080"
        #expect(try Self.place(list, "https://app.example.com") == 0)
        #expect(try Self.place(list, "http://localhost:3000") == 1)
        #expect(try Self.place(list, "http://[::1]:8080") == 2)
        for origin in [
            "", "null", "https://app.example.com:443", "http://app.example.com", "https://app.example.com.evil",
            "https://APP.example.com",
        ] {
            #expect(try Self.place(list, origin) == nil, "\(origin)")
        }
        #expect(try Self.place("*", "null") == 0 && AllowedOrigins("*").origins == nil)
    }

    @Test(arguments: [
        "", ",", "app.example.com", "https://", "https://a/", "https://A", "ftp://a", "null", "https://a,",
        "*,https://a",
        "https://a b", "https://u@a",
    ])
    func `what no browser sends is refused`(list: String) {
        #expect(throws: AllowedOrigins.Fault.self) { _ = try AllowedOrigins(list) }
    }

    @Test func `lists have limits`() throws {
        let many = Array(repeating: "https://a", count: AccessControlLimits.originCount)
        _ = try AllowedOrigins(many.joined(separator: ","))
        #expect(throws: AllowedOrigins.Fault.self) {
            _ = try AllowedOrigins((many + ["https://a"]).joined(separator: ","))
        }
        let long = "https://" + String(repeating: "a", count: AccessControlLimits.originByteCount - 8)
        _ = try AllowedOrigins(long)
        #expect(throws: AllowedOrigins.Fault.self) { _ = try AllowedOrigins(long + "a") }
    }
}
