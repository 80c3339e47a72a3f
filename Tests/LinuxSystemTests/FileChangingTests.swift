import TestSupport
import Testing

@testable import LinuxSystem

/// Making, moving and removing files.
@Suite struct FileChangingTests {
    private let folder = TemporaryFolder()

    private func path(_ name: String) -> String { "\(folder.path)/\(name)" }

    @Test func `a file is written in pieces and read back`() throws {
        let writer = try FileWriter(path("a"))
        for piece in ["ab", "", "c"] { try writer.write(Array(piece.utf8).span) }
        try writer.finish()
        #expect(try FileSystem.readText(path("a"), byteCountLimit: 10) == "abc")
    }

    @Test func `a file is not written through a link`() throws {
        folder.write("kept", to: "target")
        #expect(try ChildProcess("/bin/ln", ["-s", path("target"), path("link")]).waitForEnd() == .exited(code: 0))
        #expect(throws: SystemError.self) { _ = try FileWriter(path("link")) }
        #expect(try FileSystem.readText(path("target"), byteCountLimit: 10) == "kept")
    }

    @Test func `a disk that is full is an error`() throws {
        let writer = try FileWriter("/dev/full")
        #expect(throws: SystemError.self) { try writer.write(Array("abc".utf8).span) }
    }

    @Test func `directories are made once and have names of their own`() throws {
        try FileSystem.makeDirectory(path("d"))
        try FileSystem.makeDirectory(path("d"))
        #expect(throws: SystemError.self) { try FileSystem.makeDirectory(path("no/d")) }
        let one = try FileSystem.makeUniqueDirectory(prefix: path("u-"))
        let other = try FileSystem.makeUniqueDirectory(prefix: path("u-"))
        #expect(one != other && one.hasPrefix(path("u-")))
        #expect(try FileStatus(of: one).kind == .directory)
    }

    @Test func `names are moved and doubled`() throws {
        folder.write("1", to: "a")
        try FileSystem.link(path("a"), to: path("b"))
        folder.write("2", to: "c")
        try FileSystem.rename(path("c"), to: path("a"))
        #expect(try FileSystem.readText(path("a"), byteCountLimit: 10) == "2")
        #expect(try FileSystem.readText(path("b"), byteCountLimit: 10) == "1")
        #expect(throws: SystemError.self) { try FileSystem.rename(path("c"), to: path("d")) }
        #expect(throws: SystemError.self) { try FileSystem.link(path("a"), to: path("b")) }
    }

    @Test func `a directory is removed with everything in it, and links are not followed`() throws {
        folder.write("kept", to: "outside/a")
        folder.write("x", to: "d/e/f")
        #expect(try ChildProcess("/bin/ln", ["-s", path("outside"), path("d/link")]).waitForEnd() == .exited(code: 0))
        try FileSystem.remove(path("d"))
        try FileSystem.remove(path("d"))
        #expect(!FileSystem.exists(path("d")) && FileSystem.exists(path("outside/a")))
    }

    @Test func `a lock is held once and given back`() throws {
        do {
            let first = try FileLock(path("lock"))
            let second = try FileLock(path("lock"))
            let isHeldOnce = first != nil && second == nil
            #expect(isHeldOnce)
        }
        let isFree = try FileLock(path("lock")) != nil
        #expect(isFree)
    }

    @Test func `a wait with an end passes when it is signalled and ends when it is not`() {
        let semaphore = ThreadSemaphore(value: 1)
        let passed = [
            semaphore.wait(atMost: .seconds(60)), semaphore.wait(atMost: .milliseconds(1)),
            semaphore.wait(atMost: Nanoseconds(-1)),
        ]
        #expect(passed == [true, false, false])
    }
}
