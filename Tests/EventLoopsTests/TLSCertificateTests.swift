import TestSupport
import Testing

@testable import EventLoops

@Suite struct TLSCertificateTests {
    private let files = TestCertificates.shared

    private func certificate(_ chain: String, _ key: String) throws -> TLSCertificate {
        try TLSCertificate(chain: files.bytes(chain).span, key: files.bytes(key).span)
    }

    private func fault(_ chain: [UInt8], _ key: [UInt8]) throws -> TLSMaterialFault {
        try #require(throws: TLSMaterialFault.self) { _ = try TLSCertificate(chain: chain.span, key: key.span) }
    }

    @Test func `names and times are those that openssl shows`() throws {
        let other = try certificate("other.pem", "other.key")
        #expect(other.names == ["other.example", "*.wild.example"])
        #expect(other.notAfter - other.notBefore == 30 * 86_400)
        #expect(try certificate("stranger.pem", "stranger.key").names == ["stranger"])
        let expired = try certificate("expired.pem", "expired.key")
        #expect(expired.notAfter - expired.notBefore == -86_400)
    }

    @Test func `each fault of a pair is told`() throws {
        let (chain, key) = (files.bytes("server.pem"), files.bytes("server.key"))
        #expect(try fault([], key) == .noCertificate)
        #expect(try fault(key, key) == .noCertificate)
        #expect(try fault(Array(chain.prefix(200)), key) == .damagedCertificate)
        #expect(try fault(chain + Array(chain.prefix(200)), key) == .damagedCertificate)
        #expect(try fault(chain, []) == .noKey)
        #expect(try fault(chain, chain) == .noKey)
        #expect(try fault(chain, Array(key.prefix(80))) == .noKey)
        #expect(try fault(chain, files.bytes("encrypted.key")) == .encryptedKey)
        #expect(try fault(chain, files.bytes("other.key")) == .mismatch)
    }

    @Test func `a chain is read whole`() throws {
        let chain = files.bytes("server.pem") + files.bytes("authority.pem")
        _ = try TLSCertificate(chain: chain.span, key: files.bytes("server.key").span)
    }

    @Test func `a key that is too short is refused`() throws {
        #expect(throws: TLSMaterialFault.weak) { _ = try TLSServer.test("small") }
    }

    @Test func `authorities must be there and whole`() throws {
        #expect(throws: TLSMaterialFault.noAuthorities) {
            _ = try TLSServer.test("server", authorities: "server.key")
        }
    }

    @Test func `an authority's word must say good`() throws {
        let end = try TLSCertificate.stapleEnd(files.bytes("good.ocsp").span)
        #expect(end > 1_700_000_000 && end < .max)
        for name in ["revoked.ocsp", "server.pem", "server.key"] {
            #expect(throws: TLSMaterialFault.badStaple) {
                _ = try TLSCertificate.stapleEnd(files.bytes(name).span)
            }
        }
        let whole = files.bytes("good.ocsp")
        for count in stride(from: 0, to: whole.count, by: 37) {
            let cut = Array(whole.prefix(count))
            #expect(throws: TLSMaterialFault.badStaple) { _ = try TLSCertificate.stapleEnd(cut.span) }
        }
    }

    @Test func `every fault has a sentence`() {
        let faults: [TLSMaterialFault] = [
            .library("missing"), .noCertificate, .damagedCertificate, .noKey, .encryptedKey, .mismatch, .weak,
            .noAuthorities, .badStaple,
        ]
        #expect(Set(faults.map(\.description)).count == faults.count)
        #expect(EventLoopsLimits.certificateCount == 256)
    }
}
