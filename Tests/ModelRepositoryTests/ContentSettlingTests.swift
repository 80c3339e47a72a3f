import Glibc
import LinuxSystem
import TestSupport
import Testing

@testable import ModelRepository

/// When changed files may be read.
struct ContentSettlingTests {
    private static let quiet = ModelRepositoryLimits.quietTime

    private static func fingerprint(of folder: TemporaryFolder) throws -> ModelFingerprint {
        let scan = RepositoryScanner.scan(repositories: [folder.path], models: [])
        return ModelFingerprint(of: try #require(scan.models.first))
    }

    private static func instant(_ fingerprint: ModelFingerprint) throws -> Nanoseconds {
        try #require(fingerprint.newestChange)
    }

    @Test func `files that lie there unchanged for long are read at once`() throws {
        let folder = TemporaryFolder()
        folder.write("a", to: "m/1/model.json")
        let fingerprint = try Self.fingerprint(of: folder)
        let time = try Self.instant(fingerprint) + Self.quiet
        var settling = ContentSettling()
        #expect(
            settling.look(fingerprint, hasVanished: false, isMovedHere: false, now: Nanoseconds(5), time: time)
                == .settled)
    }

    @Test func `files that were written just now must be quiet`() throws {
        let folder = TemporaryFolder()
        folder.write("a", to: "m/1/model.json")
        let first = try Self.fingerprint(of: folder)
        let time = try Self.instant(first)
        var settling = ContentSettling()
        func look(_ fingerprint: ModelFingerprint, _ now: Nanoseconds) -> ContentSettling.Decision {
            settling.look(fingerprint, hasVanished: false, isMovedHere: false, now: now, time: time)
        }
        #expect(look(first, .zero) == .wait(until: Self.quiet))
        folder.write("ab", to: "m/1/model.json")
        let second = try Self.fingerprint(of: folder)
        #expect(look(second, Nanoseconds(7)) == .wait(until: Nanoseconds(7) + Self.quiet))
        #expect(look(second, Self.quiet) == .wait(until: Nanoseconds(7) + Self.quiet))
        #expect(look(second, Nanoseconds(7) + Self.quiet) == .settled)
        settling.forget()
        #expect(look(second, Self.quiet + Self.quiet) == .wait(until: Self.quiet + Self.quiet + Self.quiet))
    }

    @Test func `what was moved into place is whole`() throws {
        let folder = TemporaryFolder()
        folder.write("a", to: "m/1/model.json")
        let fingerprint = try Self.fingerprint(of: folder)
        var settling = ContentSettling()
        let time = try Self.instant(fingerprint)
        #expect(settling.look(fingerprint, hasVanished: false, isMovedHere: true, now: .zero, time: time) == .settled)
    }

    @Test func `what is being deleted has old times and must be quiet`() throws {
        let folder = TemporaryFolder()
        folder.write("a", to: "m/1/model.json")
        let fingerprint = try Self.fingerprint(of: folder)
        var settling = ContentSettling()
        let time = try Self.instant(fingerprint) + Nanoseconds.seconds(100)
        #expect(
            settling.look(fingerprint, hasVanished: true, isMovedHere: false, now: .zero, time: time)
                == .wait(until: Self.quiet))
    }

    @Test func `a fingerprint tells what has changed`() throws {
        let folder = TemporaryFolder()
        folder.write("a", to: "m/1/model.json")
        folder.write("b", to: "m/2/model.json")
        let first = try Self.fingerprint(of: folder)
        #expect(first.changedPaths(since: first) == [])
        #expect(first.changedPaths(since: nil)?.count == 2)
        folder.write("ab", to: "m/2/model.json")
        let second = try Self.fingerprint(of: folder)
        #expect(second != first)
        #expect(second.changedPaths(since: first) == ["\(folder.path)/m/2/model.json"])
        #expect(second.isSame(1, as: first) && !second.isSame(2, as: first) && !second.isSame(3, as: first))
        folder.write("name: \"m\"", to: "m/config.pbtxt")
        let third = try Self.fingerprint(of: folder)
        #expect(!third.isSame(1, as: second), "a configuration concerns every version")
        // The path is terminated by the conversion to a C string.
        #expect(unsafe unlink(folder.path + "/m/1/model.json") == 0)
        #expect(try Self.fingerprint(of: folder).changedPaths(since: third) == nil)
    }

    @Test func `a file that is open for writing is seen`() throws {
        let folder = TemporaryFolder()
        folder.write("a", to: "m/1/model.json")
        let path = folder.path + "/m/1/model.json"
        #expect(try !Self.fingerprint(of: folder).isBeingWritten)
        // The path is terminated by the conversion to a C string, and the stream is closed below.
        let stream = unsafe fopen(path, "a")
        #expect(FileSystem.isBeingWritten(path))
        #expect(try Self.fingerprint(of: folder).isBeingWritten)
        if let stream = unsafe stream { unsafe _ = fclose(stream) }
        #expect(!FileSystem.isBeingWritten(path) && !FileSystem.isBeingWritten(folder.path + "/none"))
    }
}
