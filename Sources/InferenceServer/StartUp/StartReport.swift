import LinuxSystem
import ModelRepository
import OpenInferenceProtocol

/// What a person sees when the server is up: where it listens, what answers, and a line to paste.
struct StartReport {
    private let addresses: RunningServer.Addresses
    private let table: ServingTable
    private let notices: [String]
    private let milliseconds: Int64
    private let tls: TLSOptions

    init(_ options: ServerOptions, _ running: RunningServer, begin: Nanoseconds) {
        addresses = running.addresses
        table = running.table
        notices = options.notices
        tls = options.tls
        milliseconds = (SystemClock().now() - begin).count / 1_000_000
    }

    func write(to log: EventLog) {
        for notice in notices { log.write(.warning, "option", .init("note", notice)) }
        for entry in table.index {
            writeModel(entry, to: log)
        }
        if let address = addresses.http {
            log.write(.info, "HTTP listening", .init("url", url(address, .http)))
        }
        if let address = addresses.grpc {
            log.write(.info, "gRPC listening", .init("address", name(of: address)))
        }
        if let address = addresses.metrics {
            log.write(.info, "metrics listening", .init("url", "\(url(address, .metrics))/metrics"))
        }
        log.write(
            .info, "ready", .init("models", table.servedModels.count), .init("milliseconds", Int(milliseconds)))
        if let example { log.suggest("try it", command: example) }
    }

    private func writeModel(_ entry: ServingTable.IndexEntry, to log: EventLog) {
        // Nobody has asked for it yet.
        guard entry.state != nil else { return }
        let version = entry.version.map { "\($0)" } ?? "-"
        let model = table.servedModels.first { $0.name == entry.name && $0.version == entry.version }
        guard let model, model.unreadiness.isEmpty else {
            log.write(
                .error, "model unavailable", .init("model", entry.name), .init("version", version),
                .init("reason", entry.reason))
            return
        }
        log.write(
            .info, "model ready", .init("model", entry.name), .init("version", version),
            .init("format", model.format), .init("features", model.signature.input.featureCount),
            .init("engine", model.engineName))
    }

    /// The address as a client on this machine writes it.
    private func url(_ address: SocketAddress, _ port: TLSPort) -> String {
        "\(tls.files(of: port) == nil ? "http" : "https")://\(name(of: address))"
    }

    private func name(of address: SocketAddress) -> String {
        address.isAnyInterface ? "localhost:\(address.port)" : "\(address)"
    }

    /// Whether a name means itself in a URL, to a shell and in JSON: the line is there to be pasted.
    private static func isPlain(_ name: String) -> Bool {
        name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
                true
            default: false
            }
        }
    }

    /// A request that the first model answers.
    private var example: String? {
        guard let address = addresses.http, let model = table.servedModels.first, let input = model.inputs.first,
            Self.isPlain(model.name), Self.isPlain(input.name)
        else { return nil }
        let width = model.signature.input.featureCount
        let row = Array(repeating: "0", count: width).joined(separator: ",")
        return "curl -s \(url(address, .http))/v2/models/\(model.name)/infer -d "
            + "'{\"inputs\":[{\"name\":\"\(input.name)\",\"shape\":[1,\(width)],"
            + "\"datatype\":\"\(input.datatype.name)\",\"data\":[\(row)]}]}'"
    }
}
