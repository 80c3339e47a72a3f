import LinuxSystem
import TestSupport
import Testing

@testable import InferenceServer

/// Whatever a client puts into a text, a line stays one bounded line that shows nothing it should not.
@Suite struct EventLinePropertyTests {
    private func line(
        _ format: EventLog.Format, _ fields: [EventField]
    ) -> String {
        var line = EventLine(format: format)
        line.begin(.info, "event", at: 0)
        for field in fields { line.append(field) }
        line.end()
        return line.bytes.withBytes { bytes in
            var copy: [UInt8] = []
            for index in bytes.indices { copy.append(bytes[index]) }
            return String(decoding: copy, as: UTF8.self)
        }
    }

    @Test(arguments: [EventLog.Format.text, .json])
    func `a line is one line, bounded and without control characters`(format: EventLog.Format) {
        var generator = SeededGenerator.forTest()
        for _ in 0..<300 {
            let fields = (0..<generator.int(in: 0...6)).map { _ in
                let bytes = generator.bytes(count: generator.int(in: 0...2_000))
                return EventField("text", String(decoding: bytes, as: UTF8.self))
            }
            let text = line(format, fields)
            #expect(text.utf8.count <= EventLogLimits.lineByteCount)
            #expect(text.unicodeScalars.last == "\n")
            #expect(text.unicodeScalars.dropLast().allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) })
        }
    }

    @Test func `a forged line stays inside its quotes`() {
        let text = line(
            .text, [EventField("name", "x\n2026-01-01T00:00:00.000Z INFO  all is well \u{1B}[2J\u{202E}\"")])
        #expect(
            text.hasSuffix(
                #" event name="x\n2026-01-01T00:00:00.000Z INFO  all is well \u001b[2J\u202e\"""# + "\n"))
    }

    @Test func `an empty text is seen`() {
        #expect(line(.text, [EventField("name", "")]).hasSuffix(" event name=\"\"\n"))
    }

    @Test func `a long text is cut and marked`() {
        let text = line(.json, [EventField("name", String(repeating: "a", count: 5_000))])
        #expect(text.contains(String(repeating: "a", count: EventLogLimits.textByteCount) + "…\""))
        #expect(!text.contains(String(repeating: "a", count: EventLogLimits.textByteCount + 1)))
    }

    @Test(arguments: [EventLog.Format.text, .json])
    func `fields without room are left out and the line says so`(format: EventLog.Format) {
        let text = line(format, (0..<5).map { _ in EventField("name", String(repeating: "a", count: 1_000)) })
        #expect(text.utf8.count <= EventLogLimits.lineByteCount)
        #expect(text.hasSuffix(format == .text ? "a cut=true\n" : "a\",\"cut\":true}\n"))
    }
}
