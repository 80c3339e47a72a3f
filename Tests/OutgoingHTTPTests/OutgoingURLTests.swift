import Testing

@testable import OutgoingHTTP

@Suite struct OutgoingURLTests {
    @Test(arguments: [
        ("http://example.org", "http://example.org", "/", "example.org"),
        ("HTTPS://Example.ORG:443/a?b=c", "https://example.org", "/a?b=c", "example.org"),
        ("http://example.org:80", "http://example.org", "/", "example.org"),
        ("http://example.org:443?q", "http://example.org:443", "/?q", "example.org:443"),
        ("https://10.0.0.1:9000/b//c/../d", "https://10.0.0.1:9000", "/b//c/../d", "10.0.0.1:9000"),
        ("http://[::1]:4318/v1/traces", "http://[::1]:4318", "/v1/traces", "[::1]:4318"),
        ("http://a_b-c.local/%20", "http://a_b-c.local", "/%20", "a_b-c.local"),
    ])
    func `a URL is read`(text: String, origin: String, target: String, authority: String) throws {
        let url = try OutgoingURL(text)
        #expect(url.origin == origin && url.target == target && url.authority == authority)
        #expect(url.text == origin + target)
    }

    @Test(arguments: [
        "", "example.org", "ftp://example.org/", "file:///etc/passwd", "http://", "http:///a", "http://:80/",
        "http://u:p@example.org/", "http://example.org@evil/", "http://example.org/#a", "http://example.org/a b",
        "http://example.org/\u{e9}", "http://example.org/\r\nX: 1", "http://example.org:0/",
        "http://example.org:65536/",
        "http://example.org:+80/", "http://example.org:/", "http://example.org:8a/", "http://[::1", "http://[::1]x/",
        "http://[]/", "http://[a.b-c]/", "http://exa mple/", "http://ex%61mple/", "http://a\\b/", "http://a/{b}",
        "http://a\0b/",
    ])
    func `what is no URL of ours is refused`(text: String) {
        do {
            _ = try OutgoingURL(text)
            Issue.record("\(text) was taken")
        } catch {
            guard case .url = error.kind else {
                Issue.record("\(error)")
                return
            }
        }
    }

    @Test func `a URL has a greatest length, and its text stays out of the fault`() throws {
        let begin = "http://example.org/"
        let room = OutgoingHTTPLimits.urlByteCount - begin.utf8.count
        _ = try OutgoingURL(begin + String(repeating: "x", count: room))
        #expect(throws: OutgoingFault(.url("longer than 16384 bytes"))) {
            try OutgoingURL(begin + String(repeating: "x", count: room + 1))
        }
        #expect(throws: OutgoingFault(.url("it holds a name or a password before the host"))) {
            try OutgoingURL("http://name:secret@example.org/")
        }
    }

    @Test func `what is kept in memory without being asked is a megabyte`() {
        #expect(OutgoingRequest.Limits().responseByteCount == OutgoingHTTPLimits.responseByteCount)
        #expect(OutgoingHTTPLimits.responseByteCount == 1 << 20)
    }
}
