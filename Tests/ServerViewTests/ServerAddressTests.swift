import LinuxSystem
import Testing

@testable import ServerView

/// URLs as people write them, and hosts that answer nothing.
struct ServerAddressTests {
    @Test(
        arguments: [
            ("http://localhost:8000", "localhost", 8000, "/"), ("localhost", "localhost", 9, "/"),
            ("HTTP://a.example:1/b/c?d=e", "a.example", 1, "/b/c?d=e"),
            ("127.0.0.1:80/metrics", "127.0.0.1", 80, "/metrics"),
            ("https://a.example/b", "a.example", 9, "/b"),
            ("http://[::1]:8002/metrics", "::1", 8002, "/metrics"), ("[::1]", "::1", 9, "/"), ("::1", "::1", 9, "/"),
        ] as [(String, String, UInt16, String)])
    func `an address is read`(text: String, host: String, port: UInt16, path: String) throws {
        let address = try ServerAddress(text, defaultPort: 9)
        #expect(address.host == host && address.port == port && address.path == path)
        #expect(try ServerAddress(address.text, defaultPort: 7) == address)
    }

    @Test(arguments: [
        "", "http://", "ftp://a", "a:", "a:b", "a:65536", "a:-1", "http://a b", "a\r\nb", "a/\n", "[::1", "[::1]x",
        "u@a",
    ])
    func `what is none is refused`(text: String) {
        #expect(throws: ViewFault.self) { try ServerAddress(text, defaultPort: 9) }
    }

    @Test func `metrics are two ports above`() throws {
        #expect(try ServerAddress("a:8000/x", defaultPort: 1).metricsByCustom.text == "http://a:8002/metrics")
        #expect(try ServerAddress("a:65535", defaultPort: 1).metricsByCustom.port == 65_535)
    }

    @Test func `a host that answers nothing is a fault in clear words`() throws {
        let source = try ServerClient()
        let closed = #expect(throws: ViewFault.self) {
            _ = try source.fetch(ServerAddress("127.0.0.1:1", defaultPort: 1))
        }
        #expect(closed?.message == "http://127.0.0.1:1 does not answer: nobody accepts connections there")
        let unknown = #expect(throws: ViewFault.self) {
            _ = try source.fetch(ServerAddress("no..such", defaultPort: 1))
        }
        #expect(unknown?.message == "http://no..such:1 does not answer: the name has no address")
        #expect(ServerViewLimits.callTimeout > .zero)
    }
}
