import LinuxSystem
import TestSupport
import Testing

/// Files that grow at their ends.
@Suite struct AppendedFileTests {
    @Test func `bytes of several writers stand one behind the other`() throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/log"
        let first = try AppendedFile(path)
        let second = try AppendedFile(path)
        for (index, text) in ["a\n", "bc\n", "d\n"].enumerated() {
            let bytes = Array(text.utf8)
            if index % 2 == 0 { try first.append(bytes.span) } else { try second.append(bytes.span) }
        }
        #expect(try FileSystem.readText(path, byteCountLimit: 100) == "a\nbc\nd\n")
        #expect(try first.byteCount() == 7)
    }

    @Test func `a file that cannot be opened says why`() {
        let folder = TemporaryFolder()
        #expect(throws: SystemError.self) { _ = try AppendedFile(folder.path + "/none/log") }
        #expect(throws: SystemError.self) { _ = try AppendedFile(folder.path) }
    }
}
