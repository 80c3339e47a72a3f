import Glibc
import Testing

@testable import LinuxSystem

@Suite struct LineOutputTests {
    private let line = [UInt8](repeating: 0x61, count: 4_096)

    @Test func `a full pipe is not waited for`() throws {
        var ends: [Int32] = [0, 0]
        try #require(unsafe pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        let output = LineOutput(descriptor: ends[1])
        var written = 0
        while output.write(line.span) == .written { written += 1 }
        #expect(written >= 1)
        #expect(output.write(line.span) == .wouldWait)
    }

    @Test func `a full disk is reported`() {
        let full = unsafe open("/dev/full", O_WRONLY)
        defer { close(full) }
        #expect(LineOutput(descriptor: full).write(line.span) == .failed(errorNumber: ENOSPC))
    }

    @Test func `a closed descriptor is reported`() {
        #expect(LineOutput(descriptor: 1_000_000).write(line.span) == .failed(errorNumber: EBADF))
    }
}
