import LinuxSystem
import Testing

@testable import ServerView

/// What a person and a program see.
struct RatesTableTests {
    private func rates(_ names: [String] = ["fraud"]) -> ServerRates {
        var earlier = ServerSample(time: .seconds(1))
        var later = ServerSample(time: .seconds(2))
        for (index, name) in names.enumerated() {
            var model = ServerSample.Model()
            earlier.models[.init(name: name, version: "1")] = model
            model.requests = Double(1_000 - index)
            model.rows = 2_500
            model.executions = 500
            model.duration = 0.05
            later.models[.init(name: name, version: "1")] = model
        }
        (earlier.cpuSeconds, later.cpuSeconds, later.residentBytes) = (1, 2.25, 18_400_000)
        (later.startTime, later.connections, later.loads, later.failedLoads) = (1_000, 64, 3, 1)
        later.isOverloaded = true
        return ServerRates(from: earlier, to: later)
    }

    private func lines(_ rates: ServerRates, columns: Int = 120, rows: Int = 0) -> [String] {
        var standing = ServerStanding(url: "http://localhost:8000")
        standing.product = "rowan 0.1.0"
        standing.isReady = true
        return RatesTable(rates: rates, standing: standing, now: 4_725).lines(columns: columns, rows: rows)
    }

    @Test func `the table holds what the rates say`() {
        let lines = lines(rates())
        #expect(lines[0] == "rowan 0.1.0 at http://localhost:8000 · ready · OVERLOADED · up 1h2m")
        #expect(lines[1] == "CPU 1.25 cores · memory 18.4 MB · connections 64 · loads 3, 1 failed · models 1")
        let title = lines[3].split(separator: " ")
        #expect(title == "MODEL VER REQ/S ROWS/S FAIL/S MEAN P50 P99 BATCH QUEUE PEND".split(separator: " "))
        #expect(lines[4].split(separator: " ") == "fraud 1 1000 2500 0 50.0µs - - 5.00 0 0".split(separator: " "))
        #expect(lines[4].count == lines[3].count)
    }

    @Test func `lines fit the terminal and say what they hide`() {
        let names = (0..<30).map { "a-model-of-a-long-name-\($0)" }
        for (columns, rows) in [(80, 24), (40, 10), (1, 1), (200, 50)] {
            let lines = lines(rates(names), columns: columns, rows: rows)
            #expect(lines.count <= rows && lines.allSatisfy { $0.count <= columns }, "\(columns) × \(rows)")
        }
        #expect(lines(rates(names), columns: 80, rows: 24).last == "… and 11 more")
        #expect(lines(rates([])).last == "no model is served")
    }

    @Test func `figures fit a narrow terminal beside a short name, and long versions are shown`() {
        #expect(lines(rates(), columns: 80)[4].hasSuffix("0"))
        #expect(lines(rates(), columns: 80)[3].hasSuffix("PEND") && lines(rates(), columns: 80)[3].count == 80)
        var later = ServerSample(time: .seconds(2))
        later.models[.init(name: "m", version: "20261129")] = .init()
        let lines = lines(ServerRates(from: ServerSample(time: .seconds(1)), to: later), columns: 80)
        #expect(lines[4].contains(" 20261129 ") && lines[4].count == 80)
    }

    @Test func `names cannot move the cursor`() {
        let lines = lines(rates(["a\u{1B}[2Jb\u{202E}c\u{2028}\u{2029}\u{9B}d"]))
        #expect(lines[4].hasPrefix("a?[2Jb?c???d "))
    }

    @Test func `JSON escapes what would move the cursor or reorder a line`() {
        #expect(RatesJSON.text("a\u{1B}\u{7F}\u{9B}\u{202E}\u{2028}é𝄞") == "\"a\\u001b\\u007f\\u009b\\u202e\\u2028é𝄞\"")
        // A mark beyond the basic plane is escaped as two halves.
        #expect(RatesJSON.text("\u{E0001}") == "\"\\udb40\\udc01\"")
    }

    @Test func `JSON holds numbers for what is known and null for the rest`() {
        let json = RatesJSON(rates: rates(["a\"\u{1}\\b"]), standing: ServerStanding(url: "u"), now: 1.5).line
        #expect(json.hasSuffix("}\n"))
        for part in [
            "{\"time\":1.5,\"interval_seconds\":1.0,\"server\":{\"url\":\"u\"", "\"ready\":null", "\"overloaded\":true",
            "\"processors\":1.25", "\"machine_utilization\":null", "\"model\":\"a\\\"\\u0001\\\\b\"",
            "\"requests_per_second\":1000.0", "\"p99_seconds\":null", "\"mean_batch_rows\":5.0",
        ] {
            #expect(json.contains(part), "\(part) in \(json)")
        }
    }

    @Test(
        arguments: [
            (0.0, "0"), (1.234, "1.23"), (9.994, "9.99"), (9.996, "10.0"), (99.94, "99.9"), (99.96, "100"),
            (1234, "1234"),
            (99_999, "99999"), (123_456, "123k"), (1_234_567, "1.23M"), (12_345_678_901, "12G"), (-2, "-2.00"),
        ] as [(Double, String)])
    func `counts are short`(value: Double, expected: String) {
        #expect(Figure.count(value) == expected)
    }

    @Test(
        arguments: [
            (nil, "-"), (0, "0"), (1.26e-6, "1.3µs"), (0.000_123_4, "123µs"), (0.001_234, "1.23ms"), (0.123_4, "123ms"),
            (1.5, "1.50s"), (1e9, "1000000000s"),
        ] as [(Double?, String)])
    func `times are short`(seconds: Double?, expected: String) {
        #expect(Figure.time(seconds) == expected)
    }

    @Test(arguments: [(5, "5s"), (65, "1m5s"), (3_725, "1h2m"), (90_061, "1d1h"), (-3, "0s")] as [(Double, String)])
    func `ages are short`(seconds: Double, expected: String) {
        #expect(Figure.age(seconds) == expected)
    }

    @Test func `memory is in megabytes until it is much`() {
        #expect(Figure.bytes(1_234_567) == "1.2 MB" && Figure.bytes(12.34e9) == "12.3 GB" && Figure.bytes(nil) == "-")
    }
}
