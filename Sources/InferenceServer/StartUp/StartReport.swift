import LinuxSystem
import ModelRepository
import OpenInferenceProtocol

/// What a person sees when the server is up: where it listens, what answers, and a line to paste.
struct StartReport {
    private let addresses: RunningServer.Addresses
    private let table: ServingTable
    private let notices: [String]
    private let milliseconds: Int64

    init(_ options: ServerOptions, _ running: RunningServer, begin: Nanoseconds) {
        addresses = running.addresses
        table = running.table
        notices = options.notices
        milliseconds = (SystemClock().now() - begin).count / 1_000_000
    }

    func write(to log: EventLog) {
        for notice in notices { log.write(.warning, "option", .init("note", notice)) }
        for entry in table.index {
            writeModel(entry, to: log)
        }
        if let address = addresses.http {
            log.write(.info, "HTTP/1.1 listening", .init("url", url(address)))
        }
        if let address = addresses.metrics {
            log.write(.info, "metrics listening", .init("url", "\(url(address))/metrics"))
        }
        log.write(
            .info, "ready", .init("models", table.servedModels.count), .init("milliseconds", Int(milliseconds)))
        if let example { log.suggest("try it", command: example) }
    }

    private func writeModel(_ entry: ServingTable.IndexEntry, to log: EventLog) {
        // Nobody has asked for it yet.
        guard entry.state != nil else { return }
        let version = entry.version.map { "\($0)" } ?? "-"
        guard let model = table.servedModels.first(where: { $0.name == entry.name && $0.version == entry.version })
        else {
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
    private func url(_ address: SocketAddress) -> String {
        address.isAnyInterface ? "http://localhost:\(address.port)" : "http://\(address)"
    }

    /// A request that the first model answers.
    private var example: String? {
        guard let address = addresses.http, let model = table.servedModels.first, let input = model.inputs.first else {
            return nil
        }
        let width = model.signature.input.featureCount
        let row = Array(repeating: "0", count: width).joined(separator: ",")
        return "curl -s \(url(address))/v2/models/\(model.name)/infer -d "
            + "'{\"inputs\":[{\"name\":\"\(input.name)\",\"shape\":[1,\(width)],"
            + "\"datatype\":\"\(input.datatype.name)\",\"data\":[\(row)]}]}'"
    }
}
