import HTTPConnections
import LinuxSystem
import Testing

@Suite struct HTTP1ResponseHeadCrashTests {
    @Test func `a body of negative length cannot be announced`() async {
        await #expect(processExitsWith: .failure) {
            var output = ByteBuffer()
            HTTP1ResponseHead(.ok).append(to: &output, bodyByteCount: -1)
        }
    }

    @Test func `an answer in an unknown coding cannot be announced`() async {
        await #expect(processExitsWith: .failure) {
            var output = ByteBuffer()
            var head = HTTP1ResponseHead(.ok)
            head.contentCoding = .unsupported
            head.append(to: &output, bodyByteCount: 1)
        }
    }
}
