import Testing

@testable import InferenceServer

@Suite struct TLSOptionsTests {
    private static let common = ["--tls-certificate", "c.pem", "--tls-key", "c.key"]

    private func options(_ words: [String]) throws -> TLSOptions {
        try ServerOptionsParser.parse(["--model-repository", "models"] + words).tls
    }

    private func contradiction(_ words: String...) throws -> String {
        let fault = try #require(throws: OptionFault.self) { _ = try options(words) }
        #expect(fault.exitCode == 1)
        guard case .contradiction(let sentence) = fault else { return "\(fault)" }
        return sentence
    }

    private func certificates(_ options: TLSOptions) -> [String?] {
        TLSPort.allCases.map { options.files(of: $0)?.pairs.first?.certificate }
    }

    @Test func `without certificates no port speaks TLS`() throws {
        #expect(certificates(try options([])) == [nil, nil, nil])
        #expect(certificates(try options(["--grpc-use-ssl=false", "--grpc-use-ssl-mutual=false"])) == [nil, nil, nil])
    }

    @Test func `a certificate serves every port that has none of its own and is not switched off`() throws {
        #expect(certificates(try options(Self.common)) == ["c.pem", "c.pem", "c.pem"])
        #expect(
            certificates(try options(Self.common + ["--metrics-tls=false", "--grpc-use-ssl=false"]))
                == ["c.pem", nil, nil])
        let own = ["--metrics-tls-certificate", "m.pem", "--metrics-tls-key", "m.key"]
        #expect(certificates(try options(Self.common + own)) == ["c.pem", "c.pem", "m.pem"])
        #expect(certificates(try options(own)) == [nil, nil, "m.pem"])
        #expect(
            certificates(try options(["--http-tls-certificate=h.pem", "--http-tls-key=h.key"]))
                == ["h.pem", nil, nil])
    }

    @Test func `every file keeps the option that named it`() throws {
        let options = try options(
            Self.common + [
                "--tls-certificate=d.pem", "--tls-key=d.key", "--tls-ocsp-response", "c.ocsp", "--tls-client-ca", "ca",
                "--http-tls-client-ca", "hca",
            ])
        let http = try #require(options.files(of: .http))
        #expect(
            http.pairs == [
                TLSFiles.Pair(certificate: "c.pem", key: "c.key", staple: "c.ocsp"),
                TLSFiles.Pair(certificate: "d.pem", key: "d.key", staple: nil),
            ])
        #expect(http.clientAuthorities == "hca" && http.authoritiesOption == "--http-tls-client-ca")
        #expect(http.options.certificate == "--tls-certificate")
        #expect(http.paths == ["c.pem", "c.key", "c.ocsp", "d.pem", "d.key", "hca"])
        #expect(options.files(of: .metrics)?.clientAuthorities == "ca")
        #expect(options.files(of: .metrics)?.authoritiesOption == "--tls-client-ca")
    }

    @Test func `Triton's options are those of gRPC`() throws {
        let files = ["--grpc-server-cert", "g.pem", "--grpc-server-key", "g.key", "--grpc-root-cert", "gca"]
        let mutual = try #require(try options(["--grpc-use-ssl-mutual"] + files).files(of: .grpc))
        #expect(mutual.pairs.first?.certificate == "g.pem" && mutual.clientAuthorities == "gca")
        #expect(mutual.options.key == "--grpc-server-key" && mutual.authoritiesOption == "--grpc-root-cert")
        #expect(try options(["--grpc-use-ssl"] + files).files(of: .grpc) == mutual)
        #expect(try options(["--grpc-use-ssl=false"] + files).files(of: .grpc) == nil)
    }

    @Test func `what cannot be meant is told`() throws {
        #expect(
            try contradiction("--tls-certificate", "c.pem")
                == "--tls-certificate is given once and --tls-key not at all: give each certificate its key, in the "
                + "same order.")
        #expect(
            try contradiction("--tls-key", "k", "--tls-key", "l").hasPrefix("--tls-certificate is given not at all"))
        #expect(try contradiction("--tls-ocsp-response", "o").hasPrefix("--tls-ocsp-response is given more often"))
        #expect(try contradiction("--http-tls").hasPrefix("--http-tls needs a certificate: give --tls-certificate"))
        #expect(try contradiction("--grpc-use-ssl").hasPrefix("--grpc-use-ssl needs a certificate"))
        #expect(try contradiction("--tls-client-ca", "ca").contains("no effect without TLS"))
        let common = Self.common
        #expect(
            try contradiction(common[0], common[1], common[2], common[3], "--grpc-use-ssl-mutual")
                .hasPrefix("--grpc-use-ssl-mutual needs the authorities of clients"))
        var many = TLSOptions()
        many.common.certificates = Array(repeating: "c", count: ServerOptionLimits.certificateCount + 1)
        many.common.keys = many.common.certificates
        #expect(many.contradiction == "--tls-certificate is given more than 256 times.")
        many.common.certificates.removeLast()
        many.common.keys.removeLast()
        #expect(many.contradiction == nil)
    }
}
