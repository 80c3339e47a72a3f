import JSONSyntax
import TestSupport
import Testing

@testable import KnowledgeRetrieval

/// Records as the systems named write them, and what people would say happened: `Fixtures/messages.ndjson`, written by
/// hand.
@Suite struct LogMessageTests {
    @Test func `what happened is found in a record`() throws {
        var count = 0
        for line in try FixtureFile.text("messages.ndjson").split(separator: "\n") {
            let bytes = Array(line.utf8)
            let document = JSONValue(bytes.span)
            let value = try #require(document)
            let record = try #require(value["record"]?.text)
            let message = LogMessage(record: record)
            #expect(message.text == value["text"]?.text, "\(record)")
            #expect(message.shape.rawValue == value["shape"]?.text, "\(record)")
            #expect(message.level == value["level"]?.text, "\(record)")
            #expect(message.service == value["service"]?.text, "\(record)")
            #expect(message.host == value["host"]?.text, "\(record)")
            #expect(message.logger == value["logger"]?.text, "\(record)")
            count += 1
        }
        #expect(count >= 20)
    }

    @Test func `records end anywhere, also behind what stands between their parts`() throws {
        for line in try FixtureFile.text("messages.ndjson").split(separator: "\n") {
            let bytes = Array(line.utf8)
            let record = try #require(JSONValue(bytes.span)?["record"]?.text)
            for end in record.indices {
                for separators in ["", "\t-"] {
                    let cut = String(record[..<end]) + separators
                    let isBlank = cut.utf8.allSatisfy { $0 <= 0x20 }
                    #expect(isBlank || !LogMessage(record: cut).text.isEmpty, "\(cut)")
                }
            }
        }
    }

    @Test func `long records are cut between characters`() {
        let long = String(repeating: "ü", count: KnowledgeRetrievalLimits.recordByteCount)
        let message = LogMessage(record: long)
        #expect(message.text.utf8.count == KnowledgeRetrievalLimits.messageByteCount)
        #expect(message.text.allSatisfy { $0 == "ü" })
    }

    @Test func `names of single things are kept in order and once`() {
        let message = LogMessage(
            record: "pod checkout-7d9f8b6c5d-x2k4p on 10.0.0.7 cannot mount /var/lib/data, 10.0.0.7")
        #expect(message.identifiers == ["checkout-7d9f8b6c5d-x2k4p", "10.0.0.7", "/var/lib/data"])
        let many = (0...KnowledgeRetrievalLimits.identifiers).map { "10.0.0.\($0)" }.joined(separator: " ")
        #expect(LogMessage(record: many).identifiers.count == KnowledgeRetrievalLimits.identifiers)
    }

    @Test(arguments: [
        ("took 12ms, then 1m2.5s (37 %)", "took <n>, then <n> (<n> %)"),
        ("pod checkout-7d9f8b6c5d-x2k4p", "pod checkout-<id>-<id>"),
        ("node12 and node13", "node<n> and node<n>"),
        ("dial tcp 10.0.0.5:5432: refused", "dial tcp <address>: refused"),
        ("id 8f5c9a1e-3b7d-4c2a-9e6f-1a2b3c4d5e6f.", "id <id>."),
        ("at 2024-05-01T10:00:00Z from a@b.de", "at <time> from <address>"),
        ("GET https://a.b/c?d=1 gave 503", "GET <url> gave <n>"),
        ("/var/log/a.log: full", "<path>: full"),
        ("user=4711 key=0xdeadbeef", "user=<n> key=<id>"),
        ("read/write of application/json", "read/write of application/json"),
        ("fe80::1 is down", "<address> is down"),
        ("", ""),
    ])
    func `what differs from one time to the next is masked`(text: String, masked: String) {
        #expect(LogMessage(shape: .plain, text: text).masked == masked)
    }
}
