import LinuxSystem
import OutgoingHTTP
import TestSupport
import Testing

@testable import ModelRepository

/// The cache on disk; what stores answer is played by a real one in the conformance tests.
@Suite struct RepositoryMirrorTests {
    private let folder = TemporaryFolder()

    private func mirror() throws -> RepositoryMirror {
        let settings = ObjectStoreSettings(environment: ["HOME": folder.path])
        return try RepositoryMirror(
            ObjectStoreLocation("s3://127.0.0.1:1/bucket"), settings, root: folder.path + "/cache")
    }

    private func text(_ path: String) -> String? { TextFile.text(at: "\(folder.path)/cache/\(path)") }

    @Test func `an inventory is what was written, and nothing else is one`() {
        var inventory = Inventory()
        inventory.entries["m/1/a b"] = .init(tag: "\"e-1\"", byteCount: 12)
        inventory.entries["m/config.pbtxt"] = .init(tag: "x", byteCount: 0)
        #expect(inventory.text == "rowan objects 1\n12 \"e-1\" m/1/a b\n0 x m/config.pbtxt\n")
        #expect(Inventory(inventory.text) == inventory)
        let bytes = Array(inventory.text.utf8)
        for count in 0..<bytes.count {
            let cut = Inventory(String(decoding: bytes[..<count], as: UTF8.self))
            #expect(cut == nil || cut.map { $0.entries.count < 2 } == true, "\(count) bytes")
        }
        for line in ["1 e ../a", "1 e m", "-1 e m/a", "x e m/a", "1  m/a", "1 e m/a\n1 e m/a", "1 e"] {
            #expect(Inventory("rowan objects 1\n\(line)\n") == nil, "\(line)")
        }
        #expect(Inventory("rowan objects 2\n") == nil)
    }

    @Test func `a cache belongs to one process at a time`() throws {
        let first = try mirror()
        #expect(throws: ObjectStoreFault.busy(folder.path + "/cache")) { try mirror() }
        #expect(first.isEmpty)
    }

    @Test func `opening a cache forgets what the disk does not hold and removes what the list does not name`() throws {
        for (name, text) in [
            ("models/m/1/a", "123"), ("models/m/1/stray", "x"), ("models/m/2/b", "12"), ("models/n/1/a", "1"),
            ("models/stray", "x"), ("incoming/1", "x"), ("outgoing/1/x", "x"),
        ] {
            folder.write(text, to: "cache/" + name)
        }
        folder.write("rowan objects 1\n3 e m/1/a\n9 e m/2/b\n1 e o/1/a\n", to: "cache/inventory")
        let mirror = try mirror()
        #expect(!mirror.isEmpty && mirror.holds("m") && !mirror.holds("n") && !mirror.holds("o"))
        #expect(text("models/m/1/a") == "123")
        let root = folder.path + "/cache"
        #expect(try FileSystem.list(root + "/models").map(\.name) == ["m"])
        #expect(try FileSystem.list(root + "/models/m").map(\.name) == ["1"])
        #expect(try FileSystem.list(root + "/models/m/1").map(\.name) == ["a"])
        #expect(try FileSystem.list(root + "/incoming").isEmpty && FileSystem.list(root + "/outgoing").isEmpty)
    }

    @Test func `staged units take their places, and what they replace is gone after they are settled`() throws {
        let mirror = try mirror()
        folder.write("old", to: "cache/models/m/1/a")
        folder.write("gone", to: "cache/models/m/2/a")
        folder.write("new", to: "cache/incoming/1/a")
        folder.write("config", to: "cache/incoming/2")
        var staged = StagedChanges()
        let root = folder.path + "/cache"
        staged.steps = [
            .directory("\(root)/models/n"), .place(from: "\(root)/incoming/1", at: "\(root)/models/m/1"),
            .place(from: "\(root)/incoming/2", at: "\(root)/models/m/config.pbtxt"), .remove("\(root)/models/m/2"),
            .remove("\(root)/models/o"),
        ]
        staged.inventory.entries["m/1/a"] = .init(tag: "e", byteCount: 3)
        #expect(!staged.isEmpty)
        #expect(try mirror.apply(staged) == ["\(root)/models/m/1", "\(root)/models/m/config.pbtxt"])
        #expect(text("models/m/1/a") == "new" && text("models/m/config.pbtxt") == "config")
        #expect(try FileSystem.list(root + "/models").map(\.name) == ["m", "n"])
        #expect(try FileSystem.list(root + "/models/m").map(\.name) == ["1", "config.pbtxt"])
        #expect(try FileSystem.list(root + "/outgoing").count == 2)
        try mirror.settle(staged, isDone: true)
        #expect(try FileSystem.list(root + "/outgoing").isEmpty)
        #expect(text("inventory") == "rowan objects 1\n3 e m/1/a\n" && mirror.holds("m"))
    }

    @Test func `a store that is away is told apart from one that refuses`() throws {
        let mirror = try mirror()
        do throws(ObjectStoreFault) {
            mirror.interrupt()
            _ = try mirror.look()
            Issue.record("nobody listens there")
        } catch {
            #expect(error == .network(.init(.interrupted, origin: "http://127.0.0.1:1")) && !error.isAbsence)
        }
        #expect(ObjectStoreFault.network(.init(.connect)).isAbsence)
        #expect(ObjectStoreFault.refused(status: 503, code: "SlowDown", region: nil).isAbsence)
        #expect(!ObjectStoreFault.refused(status: 403, code: "AccessDenied", region: nil).isAbsence)
        let moved = ObjectStoreFault.refused(status: 301, code: "PermanentRedirect", region: "eu-west-1")
        #expect(moved.description.hasSuffix("the bucket is in the region eu-west-1; set AWS_REGION"))
    }

    @Test func `caches of different repositories have different names`() throws {
        let settings = ObjectStoreSettings(environment: ["HOME": folder.path])
        let texts = ["s3://bucket", "s3://bucket/a", "s3://h:1/bucket", "s3://h:2/bucket", "s3://https://h:1/bucket"]
        let names = try texts.map { try RepositoryMirror.cacheName(of: ObjectStoreLocation($0), settings) }
        #expect(Set(names).count == texts.count && names.allSatisfy { $0.hasPrefix("bucket-") && $0.count == 23 })
    }
}
