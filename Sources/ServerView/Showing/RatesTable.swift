import LinuxSystem

/// A server's rates as lines of text.
///
/// Pure.
struct RatesTable {
    let rates: ServerRates
    let standing: ServerStanding
    /// Seconds since 1970.
    let now: Double

    /// The lines, none of them wider than `columns`, and not more than `rows` of them.
    func lines(columns: Int, rows: Int) -> [String] {
        let head = heading
        let table = table(columns: columns)
        var lines = head + [""] + table
        if lines.count > rows, rows > 0 {
            let hidden = lines.count - rows + 1
            lines.removeLast(min(lines.count, hidden))
            lines.append("… and \(hidden) more")
        }
        return lines.map { Self.cut($0, to: columns) }
    }

    // MARK: Heading

    private var heading: [String] {
        let readiness = standing.isReady.map { $0 ? "ready" : "not ready" } ?? "does not say whether it is ready"
        var first = ["\(standing.product.isEmpty ? "server" : standing.product) at \(standing.url)", readiness]
        if rates.sample.isOverloaded == true { first.append("OVERLOADED") }
        if let start = rates.sample.startTime { first.append("up \(Figure.age(now - start))") }
        return [first.joined(separator: " · "), resources.joined(separator: " · ")]
    }

    private var resources: [String] {
        var parts: [String] = []
        if let processors = rates.processors { parts.append("CPU \(Figure.fixed(processors, 2)) cores") }
        if let machine = rates.sample.machineUtilization { parts.append("machine \(Figure.fixed(machine * 100, 0))%") }
        if let bytes = rates.sample.residentBytes { parts.append("memory \(Figure.bytes(bytes))") }
        if let connections = rates.sample.connections { parts.append("connections \(Figure.fixed(connections, 0))") }
        if let loads = rates.sample.loads {
            parts.append("loads \(Figure.fixed(loads, 0)), \(Figure.fixed(rates.sample.failedLoads ?? 0, 0)) failed")
        }
        parts.append("models \(rates.models.count)")
        return parts
    }

    // MARK: Table

    private static let titles = ["REQ/S", "ROWS/S", "FAIL/S", "MEAN", "P50", "P99", "BATCH", "QUEUE", "PEND"]
    private static let widths = [7, 7, 7, 7, 7, 7, 6, 7, 5]

    /// Columns of the version, which is mostly a digit and may be a date.
    private var versionWidth: Int { min(20, rates.models.map(\.key.version.count).max() ?? 0) }

    private func table(columns: Int) -> [String] {
        let versionWidth = max(3, versionWidth)
        let nameWidth = max(8, columns - versionWidth - 1 - Self.widths.reduce(0, +))
        func row(_ name: String, _ version: String, _ figures: [String]) -> String {
            let shown = Self.cut(Self.visible(name), to: nameWidth)
            let padding = String(repeating: " ", count: nameWidth - shown.count)
            let number = Self.right(Self.cut(Self.visible(version), to: versionWidth), versionWidth + 1)
            return zip(figures, Self.widths).reduce(shown + padding + number) { $0 + Self.right($1.0, $1.1) }
        }
        let title = row("MODEL", "VER", Self.titles)
        if rates.models.isEmpty { return [title, "no model is served"] }
        return [title] + rates.models.map { row($0.key.name, $0.key.version, Self.figures(of: $0)) }
    }

    private static func figures(of model: ServerRates.Model) -> [String] {
        [
            Figure.count(model.requestsPerSecond), Figure.count(model.rowsPerSecond),
            Figure.count(model.failuresPerSecond), Figure.time(model.meanLatency), Figure.time(model.medianLatency),
            Figure.time(model.highLatency), model.meanBatch.map { Figure.count($0) } ?? "-",
            Figure.time(model.meanQueue), Figure.fixed(model.pending, 0),
        ]
    }

    private static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(1, width - text.count)) + text
    }

    static func cut(_ text: String, to columns: Int) -> String {
        text.count <= columns ? text : text.prefix(max(0, columns - 1)) + "…"
    }

    /// Whether a scalar is seen where it stands and moves nothing: no control, no mark of direction, no line's end.
    static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }

    /// A text without what could move a terminal's cursor: names come from elsewhere.
    static func visible(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    isShown(scalar) ? scalar : "?"
                }))
    }
}
