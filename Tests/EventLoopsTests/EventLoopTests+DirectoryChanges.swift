import LinuxSystem
import TestSupport
import Testing

@testable import EventLoops

extension EventLoopTests {
    @Test func `news about a directory reach the loop that watches it`() throws {
        let folder = TemporaryFolder()
        let news = Handover<[DirectoryChanges.Change]>()
        let path = folder.path
        let started = try EventLoopThread.start(name: "watch", priority: .background) {
            loop throws(SystemError) -> DirectoryChanges.Watch in
            let changes = try DirectoryChanges()
            let watch = try changes.watch(path)
            try loop.attach(changes) { changes, loop in
                news.give(changes)
                loop.stop()
            }
            return watch
        }
        folder.write("a", to: "b")
        let change = try #require(news.take().first)
        #expect(change.name == "b" && change.watch == started.ready)
        started.thread.join()
    }
}
