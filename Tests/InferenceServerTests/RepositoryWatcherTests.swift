import LinuxSystem
import TestSupport
import Testing

@testable import InferenceServer

/// Directories by their paths, whatever lies behind a path.
struct RepositoryWatcherTests {
    @Test func `what is moved into a watched directory is told by its path`() throws {
        let folder = TemporaryFolder()
        folder.write("a", to: "models/a/1")
        folder.write("a", to: "staged")
        let watcher = try RepositoryWatcher()
        let models = folder.path + "/models"
        #expect(watcher.watch([models, models + "/a", folder.path + "/none"]))
        #expect(watcher.fault == nil, "a directory that is gone is no fault")
        #expect(!watcher.watch([models, models + "/a"]), "nothing new")
        _ = try ChildProcess("/bin/mv", [folder.path + "/staged", models + "/a/2"]).waitForEnd()
        #expect(watcher.movedHere(watcher.changes.take()) == [models + "/a/2"])
    }

    @Test func `a path that names another directory is watched anew`() throws {
        let folder = TemporaryFolder()
        folder.write("a", to: "first/a")
        folder.write("a", to: "second/a")
        folder.write("a", to: "staged")
        let watcher = try RepositoryWatcher()
        let path = folder.path + "/first"
        #expect(watcher.watch([path]))
        _ = try ChildProcess("/bin/mv", [path, folder.path + "/third"]).waitForEnd()
        _ = try ChildProcess("/bin/mv", [folder.path + "/second", path]).waitForEnd()
        #expect(watcher.watch([path]))
        _ = watcher.changes.take()
        _ = try ChildProcess("/bin/mv", [folder.path + "/staged", path + "/b"]).waitForEnd()
        #expect(watcher.movedHere(watcher.changes.take()) == [path + "/b"])
        #expect(!watcher.watch([]))
        folder.write("c", to: "first/c")
        #expect(!watcher.changes.take().contains { $0.name == "c" })
    }
}
