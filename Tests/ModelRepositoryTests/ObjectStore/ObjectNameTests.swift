import Testing

@testable import ModelRepository

@Suite struct ObjectNameTests {
    @Test(arguments: [
        ("m/config.pbtxt", ["m", "config.pbtxt"]), ("m/1/model.json", ["m", "1", "model.json"]),
        ("m/1/a b+~é", ["m", "1", "a b+~é"]), ("m/.hidden", ["m", ".hidden"]), ("m/1/..a", ["m", "1", "..a"]),
    ])
    func `a key below a model is a file`(name: String, parts: [String]) {
        #expect(ObjectName.meaning(of: name) == .file(parts))
    }

    @Test(arguments: ["", "/", "m/", "m/1/", "README.md", ".git/config", ".a/1/b"])
    func `markers of directories, files beside models and hidden directories are nothing`(name: String) {
        #expect(ObjectName.meaning(of: name) == .nothing)
    }

    @Test(arguments: [
        "/etc/passwd", "../m/1/a", "m/../../etc/passwd", "m/..", "m//a", "m/./a", "m/a\0", "m/a\n", "m/\u{7f}",
        "m\\x/a",
        "m/\u{fffd}", "m/../\u{301}x/1/a", "m/..\u{301}/../../a",
    ])
    func `a key that would lead elsewhere is refused`(name: String) {
        guard case .refused = ObjectName.meaning(of: name) else {
            Issue.record("\(name) was taken")
            return
        }
    }

    @Test func `names have limits`() {
        let part = String(repeating: "x", count: ObjectStoreLimits.componentByteCount)
        #expect(ObjectName.meaning(of: "m/\(part)") == .file(["m", part]))
        #expect(ObjectName.meaning(of: "m/\(part)x") == .refused("a part of more than 255 bytes"))
        let deep = Array(repeating: "a", count: ObjectStoreLimits.componentCount)
        #expect(ObjectName.meaning(of: deep.joined(separator: "/")) == .file(deep))
        #expect(ObjectName.meaning(of: (deep + ["a"]).joined(separator: "/")) == .refused("more than 8 levels"))
        let long = String(repeating: "m/", count: ObjectStoreLimits.nameByteCount / 2) + "a"
        #expect(ObjectName.meaning(of: long) == .refused("longer than 1024 bytes"))
    }

    @Test func `the limits of a listing are what a store's own are`() {
        // A page of a thousand keys of 1,024 escaped bytes fits; so do as many pages as all objects need.
        #expect(ObjectStoreLimits.pageByteCount > 1_000 * ObjectStoreLimits.nameByteCount * 3)
        #expect(ObjectStoreLimits.pageCount * 1_000 > ObjectStoreLimits.objectCount)
        #expect(ObjectStoreLimits.inventoryByteCount > ObjectStoreLimits.objectCount * ObjectStoreLimits.nameByteCount)
        #expect(ObjectStoreLimits.quietTime > ModelRepositoryLimits.quietTime)
    }
}
