import Testing

@testable import ModelRepository

/// The file of `--config`.
@Suite struct ServerConfigurationTests {
    private static func read(_ text: String) throws(TextFormatFault) -> ServerConfiguration {
        let bytes = Array(text.utf8)
        return try ServerConfiguration.read(bytes.span)
    }

    @Test func `sinks are what the file says`() throws {
        let read = try Self.read(
            """
            instance: "blue"
            event_sink { http { url: "https://example.org/e" mode: BINARY timeout_seconds: 2.5 token_env: "T" }
              types: ["rowan.drift.detected"] max_queue: 5 max_attempts: 3 dead_letter_file: "/var/lib/dead" }
            event_sink { name: "archive" file { path: "/var/log/events.jsonl" } }
            """)
        #expect(read.instance == "blue")
        #expect(read.eventSinks.map(\.name) == ["sink-1", "archive"])
        #expect(
            read.eventSinks[0].target
                == .http(url: "https://example.org/e", isBinary: true, timeoutSeconds: 2.5, tokenVariable: "T"))
        #expect(read.eventSinks[0].types == ["rowan.drift.detected"])
        #expect(read.eventSinks[0].maxQueue == 5 && read.eventSinks[0].maxAttempts == 3)
        #expect(read.eventSinks[0].deadLetterFile == "/var/lib/dead")
        #expect(read.eventSinks[1].target == .file(path: "/var/log/events.jsonl"))
        #expect(read.eventSinks[1].position == TextPosition(line: 4, column: 12))
        #expect(try Self.read("") == ServerConfiguration())
    }

    @Test(arguments: [
        ("event_sink { }", "1:12: the sink has neither http nor file"),
        ("event_sink { http { } }", "1:19: the sink has no url"),
        ("event_sink { file { } }", "1:19: the sink has no path"),
        (
            "event_sink { name: \"a\" file { path: \"p\" } } event_sink { name: \"a\" file { path: \"q\" } }",
            "1:58: the sink 'a' is given twice"
        ),
        (
            "event_sink { file { path: \"p\" } http { url: \"u\" } }", "1:33: 'http' and 'file' exclude each other"
        ),
        ("event_snk { }", "1:1: rowan.ServerConfiguration has no field 'event_snk'; did you mean 'event_sink'?"),
    ]) func `what makes no sense is refused at its place`(text: String, fault: String) {
        do throws(TextFormatFault) {
            _ = try Self.read(text)
            Issue.record("it was read")
        } catch {
            #expect(error.description == fault)
        }
    }
}
