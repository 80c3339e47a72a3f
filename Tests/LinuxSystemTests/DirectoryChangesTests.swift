import Glibc
import TestSupport
import Testing

@testable import LinuxSystem

/// What the kernel tells about directories.
struct DirectoryChangesTests {
    @Test func `what is written, moved and removed is told`() throws {
        let folder = TemporaryFolder()
        folder.write("a", to: "inside/a")
        let changes = try DirectoryChanges()
        let watch = try changes.watch(folder.path + "/inside")
        #expect(try changes.watch(folder.path + "/inside") == watch, "a directory has one watch")
        #expect(changes.take() == [])
        folder.write("b", to: "inside/b")
        let written = changes.take()
        #expect(!written.isEmpty && written.allSatisfy { $0.watch == watch && $0.name == "b" && !$0.isMovedHere })
        folder.write("c", to: "c")
        // Both paths are terminated by the conversion to C strings.
        #expect(unsafe rename(folder.path + "/c", folder.path + "/inside/c") == 0)
        let moved = changes.take()
        #expect(moved.map(\.name) == ["c"] && moved.map(\.isMovedHere) == [true])
        #expect(unsafe unlink(folder.path + "/inside/c") == 0)
        #expect(changes.take().map(\.name) == ["c"])
    }

    @Test func `a watch ends with its directory or when it is not wanted`() throws {
        let folder = TemporaryFolder()
        folder.write("a", to: "first/a")
        folder.write("a", to: "second/a")
        let changes = try DirectoryChanges()
        let first = try changes.watch(folder.path + "/first")
        let second = try changes.watch(folder.path + "/second")
        #expect(first != second)
        _ = try ChildProcess("/bin/rm", ["-r", folder.path + "/first"]).waitForEnd()
        #expect(changes.take().contains { $0.watch == first && $0.isEnd })
        changes.end(second)
        changes.end(second)
        folder.write("b", to: "second/b")
        #expect(!changes.take().contains { $0.name == "b" })
    }

    @Test func `what is no directory is not watched`() throws {
        let folder = TemporaryFolder()
        folder.write("a", to: "a")
        let changes = try DirectoryChanges()
        for path in ["/a", "/none"] {
            #expect { try changes.watch(folder.path + path) } throws: { ($0 as? SystemError)?.isNotThere == true }
        }
    }
}
