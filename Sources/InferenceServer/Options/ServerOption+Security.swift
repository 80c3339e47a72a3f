/// The options of TLS: for all ports, for single ones, and Triton's for gRPC.
extension ServerOption {
    static let security =
        [
            files("--tls-certificate", "chain of a certificate (PEM); repeat it for more names") { options, file in
                options.tls.common.certificates.append(file)
            },
            files("--tls-key", "its private key (PEM); one for each certificate, in their order") { options, file in
                options.tls.common.keys.append(file)
            },
            files("--tls-ocsp-response", "what its authority said last (OCSP, DER), for stapling (none)") {
                options, file in
                options.tls.common.staples.append(file)
            },
            file("--tls-client-ca", "authorities (PEM) that clients' certificates must lead to (none)") {
                options, file in
                options.tls.common.clientAuthorities = file
            },
        ] + options(of: "http") { options, change in change(&options.tls.http) }
        + options(of: "metrics") { options, change in change(&options.tls.metrics) } + tritonSecurity

    /// A port's own options.
    ///
    /// - Parameter port: lends what was said about the port.
    private static func options(
        of name: String,
        _ port: @escaping @Sendable (inout ServerOptions, (inout TLSOptions.Port) -> Void) -> Void
    ) -> [ServerOption] {
        [
            ServerOption(
                "--\(name)-tls", .security, "whether this port speaks TLS (true with a certificate)",
                .flag { options, isOn in port(&options) { $0.isOn = isOn } }),
            files("--\(name)-tls-certificate", "this port's own (those of all ports)") { options, file in
                port(&options) { $0.given.certificates.append(file) }
            },
            files("--\(name)-tls-key", "this port's own (those of all ports)") { options, file in
                port(&options) { $0.given.keys.append(file) }
            },
            file("--\(name)-tls-client-ca", "this port's own (those of all ports)") { options, file in
                port(&options) { $0.given.clientAuthorities = file }
            },
        ]
    }

    private static let tritonSecurity = [
        ServerOption(
            "--grpc-use-ssl", .security, "whether gRPC speaks TLS (true with a certificate)",
            .flag { $0.tls.grpc.isOn = $1 }),
        ServerOption(
            "--grpc-use-ssl-mutual", .security, "the same, and clients must show certificates (false)",
            .flag { $0.tls.grpcDemandsClients = $1 }),
        files("--grpc-server-cert", "gRPC's own certificate (those of all ports)") { options, file in
            options.tls.grpc.given.certificates.append(file)
        },
        files("--grpc-server-key", "gRPC's own key (those of all ports)") { options, file in
            options.tls.grpc.given.keys.append(file)
        },
        file("--grpc-root-cert", "authorities of gRPC's clients (those of all ports)") { options, file in
            options.tls.grpc.given.clientAuthorities = file
        },
    ]

    private static func files(
        _ name: String, _ help: String, _ add: @escaping @Sendable (inout ServerOptions, String) -> Void
    ) -> ServerOption { option(name, help, isRepeatable: true, add) }

    private static func file(
        _ name: String, _ help: String, _ set: @escaping @Sendable (inout ServerOptions, String) -> Void
    ) -> ServerOption { option(name, help, isRepeatable: false, set) }

    private static func option(
        _ name: String, _ help: String, isRepeatable: Bool,
        _ apply: @escaping @Sendable (inout ServerOptions, String) -> Void
    ) -> ServerOption {
        ServerOption(
            name, .security, help,
            .value(placeholder: "FILE", isRepeatable: isRepeatable) { (options, value) throws(Unusable) in
                guard !value.isEmpty else { throw Unusable(expected: "a file") }
                apply(&options, value)
            })
    }
}
