import LinuxSystem
import TestSupport
import Testing

@testable import EventLoops
@testable import InferenceServer

// The files are real, clocks and kernel are the test's.
@Suite struct CertificateKeeperTests {
    private let folder = TemporaryFolder()
    private let kernel = ScriptedKernel()
    private let clock = FakeClock()
    private let sink = MemorySink()
    private var text: String { sink.lines.joined() }

    private final class Published {
        var ports: [TLSPort] = []
    }

    private func install(_ certificate: String, _ key: String? = nil) {
        let files = TestCertificates.shared
        folder.write(files.bytes("\(certificate).pem"), to: "live.pem")
        folder.write(files.bytes("\(key ?? certificate).key"), to: "live.key")
    }

    private var options: ServerOptions {
        get throws {
            let live = ["--tls-certificate", "\(folder.path)/live.pem", "--tls-key", "\(folder.path)/live.key"]
            let port = ["--model-repository", "m", "--grpc-port", "-1", "--metrics-port", "-1"]
            return try ServerOptionsParser.parse(port + live)
        }
    }

    private func keeper() throws -> (CertificateKeeper, ServerState, Published, EventLoop) {
        let state = ServerState(log: EventLog(level: .info, format: .json, sink: sink))
        let loop = try EventLoop(kernel: kernel, clock: clock)
        let security = try TransportSecurity(try options)
        let published = Published()
        let keeper = CertificateKeeper(security.ports, try #require(security.tickets), state, on: loop) { port, _ in
            published.ports.append(port)
        }
        return (keeper, state, published, loop)
    }

    /// Lets time pass and the loop take a turn, in which the keeper looks if it is time.
    private func pass(_ time: Nanoseconds, _ keeper: CertificateKeeper, _ loop: EventLoop) {
        clock.advance(by: time)
        loop.tick()
    }

    @Test func `a new pair is published after two looks`() throws {
        install("server")
        let (keeper, state, published, loop) = try keeper()
        #expect(state.counters.certificates.map(\.name) == ["localhost"])
        #expect(published.ports == [])
        install("renewed")
        pass(TransportSecurityLimits.lookInterval, keeper, loop)
        #expect(published.ports == [])
        pass(TransportSecurityLimits.lookInterval, keeper, loop)
        #expect(published.ports == [.http])
        #expect(state.counters.certificateReloadCount == 1 && state.counters.failedCertificateReloadCount == 0)
        #expect(text.contains("certificates reloaded"))
    }

    @Test(arguments: [
        ("server", "other", "the private key does not belong to the first certificate of the chain"),
        ("expired", "expired", "the certificate has expired"), ("authority", "server", "does not belong"),
    ])
    func `a pair that cannot be used leaves the old one`(certificate: String, key: String, reason: String) throws {
        install("server")
        let (keeper, state, published, _) = try keeper()
        install(certificate, key)
        keeper.look(isAsked: true)
        #expect(published.ports == [] && state.counters.failedCertificateReloadCount == 1)
        #expect(text.contains("certificates not reloaded, the old ones stay") && text.contains(reason))
        install("renewed")
        keeper.look(isAsked: true)
        #expect(published.ports == [.http] && state.counters.certificateReloadCount == 1)
    }

    @Test func `tickets get a new key each hour`() throws {
        install("server")
        let (keeper, state, published, loop) = try keeper()
        pass(.seconds(3_598), keeper, loop)
        #expect(published.ports == [])
        pass(.seconds(2), keeper, loop)
        #expect(published.ports == [.http] && state.counters.certificateReloadCount == 0)
        #expect(TransportSecurityLimits.ticketKeyLife == .seconds(3_600))
    }

    @Test func `a certificate that ends soon is a warning`() throws {
        install("server")
        let now = Int64(TransportSecurityLimits.expiryWarningSeconds)
        #expect(now == 1_209_600)
        let state = ServerState(log: EventLog(level: .info, format: .json, sink: sink))
        let loop = try EventLoop(kernel: kernel, clock: clock)
        let security = try TransportSecurity(try options)
        let end = try #require(security.ports.first?.material.certificates.first?.notAfter)
        _ = CertificateKeeper(
            security.ports, try #require(security.tickets), state, on: loop,
            wallClock: { (end - now + 1) * 1_000_000_000 }
        ) { _, _ in }
        #expect(text.contains("\"level\":\"warning\""))
    }

    @Test func `faults at start name option, file and rule`() throws {
        install("server", "other")
        let fault = try #require(throws: StartFault.self) { _ = try TransportSecurity(try options) }
        #expect(
            fault.message == "--tls-key \(folder.path)/live.key: the private key does not belong to the first "
                + "certificate of the chain")
        install("expired")
        let expired = try #require(throws: StartFault.self) { _ = try TransportSecurity(try options) }
        #expect(expired.message.hasPrefix("--tls-certificate \(folder.path)/live.pem: the certificate has expired"))
        folder.write([UInt8](repeating: 65, count: TransportSecurityLimits.fileByteCount + 1), to: "live.pem")
        let large = try #require(throws: StartFault.self) { _ = try TransportSecurity(try options) }
        #expect(large.message.hasSuffix("larger than 1048576 bytes"))
    }
}
