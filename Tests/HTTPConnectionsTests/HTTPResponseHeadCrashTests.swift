import HTTPConnections
import LinuxSystem
import Testing

@Suite struct HTTPResponseHeadCrashTests {
    @Test func `a body of negative length cannot be announced`() async {
        await #expect(processExitsWith: .failure) {
            var output = ByteBuffer()
            HTTPResponseHead(.ok).append(to: &output, bodyByteCount: -1)
        }
    }

    @Test func `an answer in an unknown coding cannot be announced`() async {
        await #expect(processExitsWith: .failure) {
            var output = ByteBuffer()
            var head = HTTPResponseHead(.ok)
            head.contentCoding = .unsupported
            head.append(to: &output, bodyByteCount: 1)
        }
    }
}
