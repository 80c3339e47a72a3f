import ModelRepository

/// Which server `rowan top` was asked to show, and how.
package struct TopOptions: Equatable, Sendable {
    /// The server's URL.
    package var url = "http://127.0.0.1:8000"
    /// That of its metrics; nil for the port two above the server's, as 8002 is above 8000.
    package var metricsURL: String?
    /// Seconds between two readings.
    package var intervalSeconds = 1.0
    /// Certificates that the server's may rest on; nil for the system's.
    package var certificateAuthorityFile: String?
    /// Whether tables are wanted where a terminal could show a screen.
    package var isPlain = false
    /// Whether the answer is for programs.
    package var asJSON = false
    /// Whether one interval is enough.
    package var isOnce = false

    /// Reads the words behind `rowan top`.
    static func parse(_ words: [String]) throws(OptionFault) -> TopOptions {
        var read = try CommandWords(
            words, command: "top",
            options: ["--url": "URL", "--metrics-url": "URL", "--ca-file": "FILE", "--interval": "SECONDS"],
            switches: ["--plain", "--json", "--once"])
        var options = TopOptions()
        if !read.arguments.isEmpty {
            options.url = try read.takeArgument("URL")
            if let url = read.values["--url"] { throw .unexpectedArgument("--url=\(url)", command: "top") }
        } else if let url = read.values["--url"] {
            options.url = url
        }
        try read.end()
        options.metricsURL = read.values["--metrics-url"]
        options.certificateAuthorityFile = read.values["--ca-file"]
        options.isPlain = read.switches.contains("--plain")
        options.asJSON = read.switches.contains("--json")
        options.isOnce = read.switches.contains("--once")
        if let interval = read.values["--interval"] { options.intervalSeconds = try seconds(interval) }
        return options
    }

    private static func seconds(_ value: String) throws(OptionFault) -> Double {
        let range = ServerOptionLimits.topIntervalSeconds
        guard let seconds = Double(value), range.contains(seconds) else {
            throw .unusableValue(
                source: "--interval", value: value,
                expected: "a number of seconds from \(range.lowerBound) to \(Int(range.upperBound))")
        }
        return seconds
    }
}
