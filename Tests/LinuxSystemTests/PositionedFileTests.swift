import LinuxSystem
import TestSupport
import Testing

@Suite struct PositionedFileTests {
    @Test func `what was written at a position is read there`() throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/a"
        let text = Array("words".utf8)
        do {
            let file = try PositionedFile(opening: path)
            #expect(try file.byteCount() == 0)
            try file.setByteCount(100)
            try file.write(text.span, at: 90)
            try file.synchronise()
        }
        let file = try PositionedFile(opening: path)
        #expect(try file.byteCount() == 100)
        var buffer = ByteBuffer()
        #expect(try file.read(at: 88, count: 8, into: &buffer) == 8)
        #expect(buffer.withBytes { bytes in bytes.indices.map { bytes[$0] } } == [0, 0] + text + [0])
        #expect(try file.read(at: 95, count: 50, into: &buffer) == 5)
        #expect(try file.read(at: 100, count: 1, into: &buffer) == 0)
    }

    @Test func `a file that cannot be opened is a fault`() {
        #expect(throws: SystemError.self) { _ = try PositionedFile(opening: "/proc/nowhere/a") }
    }
}
