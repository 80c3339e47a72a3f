import LinuxSystem
import TestSupport
import Testing

/// Files that are written at positions.
@Suite struct OutputFileTests {
    private let folder = TemporaryFolder()

    @Test func `bytes stand where they were written, and an older file is gone`() throws {
        folder.write("something longer than what follows", to: "a")
        let path = folder.path + "/a"
        let file = try OutputFile(creating: path)
        #expect(TextFile.text(at: path) == "")
        try file.write(Array("[1]".utf8).span, at: 0)
        try file.write(Array(",2]".utf8).span, at: 2)
        try file.write(Span(), at: 100)
        #expect(TextFile.text(at: path) == "[1,2]")
    }

    @Test func `whether a file could be made is found out without making it`() throws {
        let path = folder.path + "/a"
        try OutputFile.checkCreating(path)
        #expect(!FileSystem.exists(path))
        folder.write("kept", to: "a")
        try OutputFile.checkCreating(path)
        #expect(TextFile.text(at: path) == "kept")
        try OutputFile.checkCreating("none.of.this.name")
        for (wrong, reason) in [
            ("/none/a", "No such file or directory"), ("", "Is a directory"), ("/a/b", "Not a directory"),
        ] {
            let thrown = #expect(throws: SystemError.self) { try OutputFile.checkCreating(folder.path + wrong) }
            #expect(thrown?.reason == reason)
        }
    }

    @Test func `a file that cannot be made or filled is a fault`() throws {
        #expect(throws: SystemError.self) { _ = try OutputFile(creating: folder.path + "/none/a") }
        #expect(throws: SystemError.self) { _ = try OutputFile(creating: folder.path) }
        let full = try OutputFile(creating: "/dev/full")
        #expect(throws: SystemError.self) { try full.write(Array("x".utf8).span, at: 0) }
    }
}
