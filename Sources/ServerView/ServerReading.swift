import JSONSyntax
import LinuxSystem

/// Asks one server again and again.
///
/// - Isolation: one thread; its calls wait for the server.
struct ServerReading {
    private let server: ServerAddress
    private let metrics: ServerAddress
    private let source: any PageSource
    private let clock: any MonotonicClock
    private(set) var standing: ServerStanding
    private var earlier: ServerSample?

    init(server: ServerAddress, metrics: ServerAddress, source: any PageSource, clock: any MonotonicClock) {
        self.server = server
        self.metrics = metrics
        self.source = source
        self.clock = clock
        standing = ServerStanding(url: server.text)
    }

    /// Reads the metrics, and asks whether the server is ready.
    ///
    /// - Returns: the rates since the last reading; nil after the first.
    mutating func read() throws(ViewFault) -> ServerRates? {
        let page = try source.fetch(metrics)
        guard page.status == 200 else {
            throw ViewFault(
                "\(metrics.text) answers with status \(page.status); name the page of metrics with --metrics-url")
        }
        let sample: ServerSample
        do throws(ViewFault) {
            sample = try ServerSample(page: page.body.span, time: clock.now())
        } catch {
            throw ViewFault("\(metrics.text): \(error.message)")
        }
        if standing.product.isEmpty { standing.product = product(of: sample) }
        standing.isReady = isReady
        defer { earlier = sample }
        return earlier.map { ServerRates(from: $0, to: sample) }
    }

    /// Nil if the server does not answer.
    private var isReady: Bool? {
        do throws(ViewFault) {
            return try source.fetch(server.at("/v2/health/ready")).status == 200
        } catch {
            return nil
        }
    }

    /// What serves: by its metadata, or else by its metrics.
    private func product(of sample: ServerSample) -> String {
        do {
            let page = try source.fetch(server.at("/v2"))
            let names = page.status == 200 ? try Self.nameAndVersion(page.body.span) : ""
            if !names.isEmpty { return RatesTable.visible(names) }
        } catch {
            // Metrics can be had without the inference port.
        }
        return sample.version.map { "rowan \(RatesTable.visible($0))" } ?? ""
    }

    /// The members `name` and `version` of the server's metadata.
    private static func nameAndVersion(_ body: Span<UInt8>) throws(JSONFault) -> String {
        var cursor = JSONCursor(depthLimit: 16)
        var found: [String: String] = [:]
        guard try cursor.next(in: body) == .beginObject else { return "" }
        while case .key(let key) = try cursor.next(in: body) {
            let name = body.text(key.range)
            let value = body.text(try cursor.skipValue(in: body))
            if value.hasPrefix("\"") { found[name] = String(value.dropFirst().dropLast()) }
        }
        return [found["name"], found["version"]].compactMap { $0 }.joined(separator: " ")
    }
}
