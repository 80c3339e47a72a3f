import AccessControl
import LinuxSystem
import Testing

@testable import InferenceServer

@Suite struct AccessOptionsTests {
    private static func parse(_ words: String...) throws(OptionFault) -> ServerOptions {
        try ServerOptionsParser.parse(["--model-repository", "m"] + words, environment: [:])
    }

    @Test func `who may call is said by options`() throws {
        let options = try Self.parse(
            "--api-keys-file=k", "--admin-token-file=t", "--http-restricted-api=health,trace:K=v",
            "--http-restricted-api", "inference:L=w", "--grpc-restricted-protocol=health:K=v",
            "--trusted-proxies=10.0.0.0/8,::1", "--proxy-protocol", "--cors-allowed-origins=https://a.example")
        #expect(options.apiKeysFile == "k" && options.adminTokenFile == "t" && options.proxyProtocol)
        #expect(options.httpRestrictions.requirement(of: .trace)?.name == "k")
        #expect(options.httpRestrictions.requirement(of: .inference)?.name == "l")
        #expect(options.grpcRestrictions.requirement(of: .health)?.name == "triton-grpc-protocol-k")
        let proxy = try #require(SocketAddress("10.1.2.3", port: 1))
        #expect(options.trustedProxies.contains(proxy))
        #expect(options.allowedOrigins?.origins?.count == 1)
        #expect(options.restrictsAccess && options.holdsSecrets)
    }

    @Test func `by default everybody may call and nobody is believed`() throws {
        let options = try Self.parse()
        #expect(!options.restrictsAccess && !options.holdsSecrets && options.trustedProxies.isEmpty)
        #expect(options.allowedOrigins == nil && !options.proxyProtocol)
        #expect(try Self.parse("--admin-token-file=t").holdsSecrets)
        #expect(try Self.parse("--tls-certificate=c", "--tls-key=k").holdsSecrets)
        #expect(try Self.parse("--model-repository=s3://bucket/prefix").holdsSecrets)
    }

    @Test(arguments: [
        "--http-restricted-api=helth:k=5ecret", "--grpc-restricted-protocol=k=5ecret",
        "--http-restricted-api=health:k=5ecret v",
    ])
    func `a value that may be a secret is not shown`(word: String) {
        let fault = #expect(throws: OptionFault.self) { _ = try Self.parse(word) }
        #expect(fault?.message.contains("5ecret") == false && fault?.message.contains("not shown") == true)
    }

    @Test(arguments: [
        "--trusted-proxies=a", "--cors-allowed-origins=a", "--api-keys-file=", "--admin-token-file=",
    ])
    func `what cannot be meant is refused with what can`(word: String) {
        guard case .unusableValue? = #expect(throws: OptionFault.self, performing: { _ = try Self.parse(word) }) else {
            Issue.record("\(word)")
            return
        }
    }

    @Test func `headers of proxies are read only of proxies that are named`() {
        guard
            case .contradiction(let sentence)? = #expect(
                throws: OptionFault.self,
                performing: {
                    _ = try Self.parse("--proxy-protocol")
                })
        else {
            Issue.record("taken")
            return
        }
        #expect(sentence.contains("--trusted-proxies"))
    }
}
