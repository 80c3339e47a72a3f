/// A server's rates as one JSON object on one line.
///
/// - Units: seconds and bytes; what nobody can tell is null.
struct RatesJSON {
    let rates: ServerRates
    let standing: ServerStanding
    /// Seconds since 1970.
    let now: Double

    var line: String {
        let sample = rates.sample
        let server = Self.object([
            ("url", Self.text(standing.url)), ("product", Self.text(standing.product)),
            ("ready", standing.isReady.map { "\($0)" } ?? "null"),
            ("overloaded", sample.isOverloaded.map { "\($0)" } ?? "null"),
            ("processors", Self.number(rates.processors)), ("resident_bytes", Self.number(sample.residentBytes)),
            ("connections", Self.number(sample.connections)), ("loads_total", Self.number(sample.loads)),
            ("failed_loads_total", Self.number(sample.failedLoads)),
            ("machine_utilization", Self.number(sample.machineUtilization)),
        ])
        return Self.object([
            ("time", Self.number(now)), ("interval_seconds", Self.number(rates.interval)), ("server", server),
            ("models", "[" + rates.models.map(Self.model).joined(separator: ",") + "]"),
        ]) + "\n"
    }

    private static func model(_ model: ServerRates.Model) -> String {
        object([
            ("model", text(model.key.name)), ("version", text(model.key.version)),
            ("requests_per_second", number(model.requestsPerSecond)),
            ("rows_per_second", number(model.rowsPerSecond)),
            ("failures_per_second", number(model.failuresPerSecond)),
            ("mean_latency_seconds", number(model.meanLatency)), ("p50_seconds", number(model.medianLatency)),
            ("p99_seconds", number(model.highLatency)), ("mean_batch_rows", number(model.meanBatch)),
            ("mean_queue_seconds", number(model.meanQueue)), ("pending", number(model.pending)),
        ])
    }

    private static func object(_ members: [(name: String, value: String)]) -> String {
        "{" + members.map { "\"\($0.name)\":\($0.value)" }.joined(separator: ",") + "}"
    }

    private static func number(_ value: Double?) -> String {
        guard let value, value.isFinite else { return "null" }
        return value.description
    }

    /// A string of JSON; what would move a terminal's cursor or reorder what a person reads is escaped, too.
    ///
    /// - Source: RFC 8259 section 7.
    static func text(_ value: String) -> String {
        var result = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where RatesTable.isShown(scalar): result.unicodeScalars.append(scalar)
            default:
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            }
        }
        return result + "\""
    }
}
