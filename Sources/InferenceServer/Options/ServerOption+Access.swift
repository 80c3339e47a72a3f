import AccessControl

/// The options about who may call.
extension ServerOption {
    static let access = [
        ServerOption(
            "--api-keys-file", .access, "file of API keys, of which inference then needs one (none)",
            .value(placeholder: "FILE", isRepeatable: false) { (options, value) throws(Unusable) in
                options.apiKeysFile = try file(value)
            }),
        ServerOption(
            "--admin-token-file", .access,
            "file with the token that may change models, regions and settings from anywhere (none)",
            .value(placeholder: "FILE", isRepeatable: false) { (options, value) throws(Unusable) in
                options.adminTokenFile = try file(value)
            }),
        ServerOption(
            "--http-restricted-api", .access, "APIs of HTTP that need a field with a value; may be repeated",
            .value(placeholder: "APIS:KEY=VALUE", isRepeatable: true) { (options, value) throws(Unusable) in
                try restrict(&options.httpRestrictions, value, prefix: "")
            }, holdsSecret: true),
        ServerOption(
            "--grpc-restricted-protocol", .access, "the same for gRPC, of metadata triton-grpc-protocol-KEY",
            .value(placeholder: "APIS:KEY=VALUE", isRepeatable: true) { (options, value) throws(Unusable) in
                try restrict(&options.grpcRestrictions, value, prefix: "triton-grpc-protocol-")
            }, holdsSecret: true),
        ServerOption(
            "--trusted-proxies", .access, "addresses of proxies whose X-Forwarded-For is believed (none)",
            .value(placeholder: "RANGES", isRepeatable: false) { (options, value) throws(Unusable) in
                do throws(TrustedProxies.Fault) {
                    options.trustedProxies = try TrustedProxies(value)
                } catch {
                    throw Unusable(expected: error.expected)
                }
            }),
        ServerOption(
            "--proxy-protocol", .access, "read a PROXY header, version 2, of connections of --trusted-proxies (false)",
            .flag { $0.proxyProtocol = $1 }),
        ServerOption(
            "--cors-allowed-origins", .access, "origins of pages whose scripts may call, or * (none)",
            .value(placeholder: "ORIGINS", isRepeatable: false) { (options, value) throws(Unusable) in
                do throws(AllowedOrigins.Fault) {
                    options.allowedOrigins = try AllowedOrigins(value)
                } catch {
                    throw Unusable(expected: error.expected)
                }
            }),
    ]

    private static func file(_ value: String) throws(Unusable) -> String {
        guard !value.isEmpty else { throw Unusable(expected: "a file") }
        return value
    }

    private static func restrict(
        _ restrictions: inout APIRestrictions, _ group: String, prefix: String
    ) throws(Unusable) {
        do throws(APIRestrictions.Fault) {
            try restrictions.add(group, prefix: prefix)
        } catch {
            throw Unusable(expected: error.expected)
        }
    }
}
