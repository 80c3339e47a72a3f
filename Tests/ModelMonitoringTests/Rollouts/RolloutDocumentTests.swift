import LinuxSystem
import Testing

@testable import ModelMonitoring

@Suite struct RolloutDocumentTests {
    private static var rollout: Rollout {
        var rollout = Rollout(
            RolloutPlan(
                candidate: "b \"neu\" \u{1}", steps: [10, 50, 100], holdSeconds: 600,
                guards: RolloutGuards(maxErrorRate: 0.015, maxPSI: 1e-7, minSamples: 100)), at: 1_790_000_000)
        _ = rollout.commanded(.pause, at: 1_790_000_001)
        return rollout
    }

    private static func text(_ rollout: Rollout) -> [UInt8] {
        var buffer = ByteBuffer()
        rollout.append(to: &buffer)
        return buffer.withBytes { bytes in bytes.indices.map { bytes[$0] } }
    }

    private static func read(_ text: [UInt8]) -> Rollout? { Rollout(json: text.span) }

    @Test func `a rollout that was written is read as it was`() {
        #expect(Self.read(Self.text(Self.rollout)) == Self.rollout)
        var ended = Self.rollout
        _ = ended.commanded(.abort, at: 1_790_000_002)
        #expect(Self.read(Self.text(ended)) == ended)
    }

    @Test(arguments: ["-1", "9007199254740996", "-9223372036854775808"])
    func `times that no server has written are refused`(time: String) {
        let text = String(decoding: Self.text(Self.rollout), as: UTF8.self)
        let name = "\"step_began\":"
        let changed = text.replacing(name + "1790000000", with: name + time)
        #expect(changed != text)
        #expect(Self.read(Array(changed.utf8)) == nil)
    }

    @Test func `a document that was cut or changed is refused, or is one that could have been written`() {
        let text = Self.text(Self.rollout)
        for end in text.indices { #expect(Self.read(Array(text[..<end])) == nil) }
        for (index, byte) in text.enumerated() {
            for other in [byte &+ 1, UInt8(ascii: "9"), UInt8(ascii: "{"), 0x80] {
                var changed = text
                changed[index] = other
                guard let rollout = Self.read(changed) else { continue }
                #expect(Self.read(Self.text(rollout)) == rollout)
            }
        }
    }

    @Test func `a document of too many bytes is refused`() {
        let text = Self.text(Self.rollout)
        let blanks = [UInt8](repeating: 0x20, count: ModelMonitoringLimits.rolloutByteCount + 1 - text.count)
        #expect(Self.read(blanks + text) == nil)
        #expect(Self.read(blanks.dropLast() + text) == Self.rollout)
    }
}
