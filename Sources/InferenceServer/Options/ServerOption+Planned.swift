/// Options of Rowan's public contract that this version does not have. To ignore them would be to serve something
/// other than what was asked for.
extension ServerOption {
    static let planned: [ServerOption] = [
        refused("--config", "it reads no configuration file; use options or ROWAN_… variables"),
        refused("--grpc-address", "it does not serve gRPC"),
        refused("--data-directory", "it keeps no state"),
        refused("--state-url", "it keeps no state"),
        refused("--tls-certificate", "it does not speak TLS; put a proxy that does in front"),
        refused("--tls-key", "it does not speak TLS; put a proxy that does in front"),
        refused("--tls-client-ca", "it does not speak TLS; put a proxy that does in front"),
        refused("--api-keys-file", "it knows no API keys; restrict who can reach its port"),
    ]

    private static func refused(_ name: String, _ reason: String) -> ServerOption {
        ServerOption(name, .elsewhere, "", .refused(reason: reason))
    }
}
