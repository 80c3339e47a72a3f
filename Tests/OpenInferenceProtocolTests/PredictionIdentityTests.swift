import LinuxSystem
import TestSupport
import Testing

@testable import OpenInferenceProtocol

@Suite struct PredictionIdentityTests {
    private static func text(_ identity: PredictionIdentity) -> String {
        var buffer = ByteBuffer()
        identity.append(to: &buffer)
        #expect(buffer.count == identity.byteCount)
        return buffer.withBytes { $0.text($0.indices) }
    }

    @Test func `an identity is read as it was written`() {
        var generator = SeededGenerator.forTest()
        for shift in 0..<64 {
            let identity = PredictionIdentity(
                epoch: generator.next() & 1 == 0 ? UInt32(truncatingIfNeeded: generator.next()) : 0,
                sequence: generator.next() >> UInt64(shift))
            #expect(PredictionIdentity(Self.text(identity)) == identity)
        }
        #expect(Self.text(PredictionIdentity(epoch: 0, sequence: 0)) == "00000000-0")
        #expect(Self.text(PredictionIdentity(epoch: .max, sequence: .max)) == "ffffffff-ffffffffffffffff")
    }

    @Test(arguments: [
        "", "-", "00000000", "00000000-", "0000000-0", "000000000-0", "00000000-0-0", "00000000-g", "0000000G-0",
        "00000000-A", "00000000-00000000000000000", " 0000000-0", "00000000-é",
    ])
    func `anything else is none`(text: String) {
        #expect(PredictionIdentity(text) == nil)
    }
}
