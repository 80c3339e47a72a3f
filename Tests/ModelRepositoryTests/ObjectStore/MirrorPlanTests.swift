import Testing

@testable import ModelRepository

@Suite struct MirrorPlanTests {
    private typealias Entry = Inventory.Entry

    private func plan(
        _ listed: [String: String], held: [String: String] = [:], _ scope: MirrorPlan.Scope = .all
    ) throws(ObjectStoreFault) -> MirrorPlan {
        var inventory = Inventory()
        inventory.entries = held.mapValues { Entry(tag: $0, byteCount: 1) }
        return try MirrorPlan(
            listed: listed.sorted { $0.key < $1.key }.map { ($0.key, Entry(tag: $0.value, byteCount: 1)) },
            held: inventory, scope: scope)
    }

    private func file(_ name: String, _ tag: String, isHeld: Bool = false) -> MirrorPlan.File {
        MirrorPlan.File(name: name, entry: Entry(tag: tag, byteCount: 1), isHeld: isHeld)
    }

    @Test func `an empty cache gets everything, unit by unit`() throws {
        let plan = try plan(["m/config.pbtxt": "c", "m/1/a": "1", "m/1/b/c": "2", "n/2/a": "3"])
        #expect(plan.models == ["m", "n"] && plan.notices.isEmpty)
        #expect(
            plan.changes == [
                .init(
                    model: "m",
                    replaced: [
                        .init(path: "m/1", isDirectory: true, files: [file("m/1/a", "1"), file("m/1/b/c", "2")]),
                        .init(path: "m/config.pbtxt", isDirectory: false, files: [file("m/config.pbtxt", "c")]),
                    ]),
                .init(model: "n", replaced: [.init(path: "n/2", isDirectory: true, files: [file("n/2/a", "3")])]),
            ])
    }

    @Test func `a model is asked for by the bytes of its name`() throws {
        let (one, other) = ("caf\u{E9}", "cafe\u{301}")
        let held = ["\(one)/1/a": "1"]
        // The store was asked for another model, of which there is nothing: the one that is held does not go.
        #expect(try plan([:], held: held, .one(other)).changes.isEmpty)
        #expect(try plan([:], held: held, .one(one)).changes.map(\.isGone) == [true])
        let changed = ["\(one)/1/a": "2"]
        #expect(try plan(changed, held: held, .some([other])).changes.isEmpty)
        #expect(try plan(changed, held: held, .some([one, "b"])).changes.count == 1)
    }

    @Test(arguments: [
        ("caf\u{E9}/1/a", "cafe\u{301}/1/a"), ("m/caf\u{E9}/a", "m/cafe\u{301}/b"),
        ("m/1/caf\u{E9}", "m/1/cafe\u{301}"),
    ])
    func `names that differ in their normalisation alone are told of and left`(_ one: String, _ other: String) throws {
        let entry = Entry(tag: "t", byteCount: 1)
        let plan = try MirrorPlan(
            listed: [(one, entry), ("n/1/a", entry), (other, entry)], held: Inventory(), scope: .all)
        #expect(plan.changes.map(\.model) == ["n"])
        #expect(plan.notices.count == 1 && plan.notices[0].contains("Unicode normalisation"), "\(plan.notices)")
    }

    @Test func `what is the same is left alone`() throws {
        let state = ["m/config.pbtxt": "c", "m/1/a": "1", "m/2/a": "2"]
        #expect(try plan(state, held: state).changes.isEmpty)
    }

    @Test func `a version with one changed file is replaced with what it keeps`() throws {
        let plan = try plan(
            ["m/1/a": "1", "m/1/b": "new", "m/2/a": "2"], held: ["m/1/a": "1", "m/1/b": "old", "m/2/a": "2"])
        let unit = MirrorPlan.Unit(
            path: "m/1", isDirectory: true, files: [file("m/1/a", "1", isHeld: true), file("m/1/b", "new")])
        #expect(plan.changes == [.init(model: "m", replaced: [unit], forgotten: ["m/1/a", "m/1/b"])])
    }

    @Test func `a file that is gone from a version makes the version another`() throws {
        let plan = try plan(["m/1/a": "1"], held: ["m/1/a": "1", "m/1/b": "2"])
        let unit = MirrorPlan.Unit(path: "m/1", isDirectory: true, files: [file("m/1/a", "1", isHeld: true)])
        #expect(plan.changes == [.init(model: "m", replaced: [unit], forgotten: ["m/1/a", "m/1/b"])])
    }

    @Test func `what is gone from the store goes`() throws {
        let held = ["m/1/a": "1", "m/config.pbtxt": "c", "m/2/a": "2", "n/1/a": "1"]
        let plan = try plan(["m/2/a": "2"], held: held)
        #expect(
            plan.changes == [
                .init(model: "m", removed: ["m/1", "m/config.pbtxt"], forgotten: ["m/1/a", "m/config.pbtxt"]),
                .init(model: "n", isGone: true, forgotten: ["n/1/a"]),
            ])
    }

    @Test func `a file may become a directory, and the other way round`() throws {
        let plan = try plan(["m/1/a": "1", "m/x": "2"], held: ["m/1": "0", "m/x/y": "0"])
        #expect(plan.changes.first?.replaced.map(\.path) == ["m/1", "m/x"])
        #expect(plan.changes.first?.replaced.map(\.isDirectory) == [true, false])
        #expect(plan.changes.first?.forgotten == ["m/1", "m/x/y"])
    }

    @Test func `only models that are wanted are fetched, and those that are gone go`() throws {
        let held = ["c/1/a": "1", "d/1/a": "1"]
        let plan = try plan(["a/1/a": "1", "b/1/a": "1", "d/1/a": "2"], held: held, .some(["a"]))
        #expect(plan.models == ["a", "b", "d"])
        #expect(plan.changes.map(\.model) == ["a", "c"] && plan.changes[1].isGone)
    }

    @Test func `a listing of one model says nothing about others`() throws {
        let one = try plan(["a/1/a": "2"], held: ["a/1/a": "1", "b/1/a": "1"], .one("a"))
        #expect(one.changes.map(\.model) == ["a"])
        let gone = try plan([:], held: ["a/1/a": "1", "b/1/a": "1"], .one("a"))
        #expect(gone.changes == [.init(model: "a", isGone: true, forgotten: ["a/1/a"])])
    }

    @Test(arguments: [
        ["m/1": "1", "m/1/a": "2"], ["m/1/a": "1", "m/1/a/b": "2"], ["m/1/a/b": "1", "m/1/a/b/c/d": "2"],
    ])
    func `a name that is an object and a directory leaves the model as it is`(listed: [String: String]) throws {
        let plan = try plan(listed.merging(["n/1/a": "1"]) { $1 }, held: ["m/1/a": "0"])
        #expect(plan.changes.map(\.model) == ["n"])
        #expect(plan.notices == ["m: a name is an object and a directory at once; the model stays as it is"])
    }

    @Test func `names that cannot be files are told and ignored, a number of them`() throws {
        let odd = ["m/../x", "../m/1", "m//1", "m/./1", "m/a\u{0}b", "m/a\nb", "m/\u{7f}"]
        let plan = try plan(Dictionary(uniqueKeysWithValues: odd.map { ($0, "1") }))
        #expect(plan.changes.isEmpty && plan.notices.count == odd.count)
        #expect(plan.notices.allSatisfy { !$0.unicodeScalars.contains { $0.value < 0x20 } })
        let many = (0...ObjectStoreLimits.noticeCount).map { ("m/../\($0)", "1") }
        #expect(try self.plan(Dictionary(uniqueKeysWithValues: many)).notices.count == ObjectStoreLimits.noticeCount)
    }

    @Test func `numbers that a store invents do not end the process`() {
        #expect(throws: ObjectStoreFault.self) {
            try MirrorPlan(
                listed: [("m/1/a", Entry(tag: "e", byteCount: 1)), ("m/1/b", Entry(tag: "e", byteCount: .max))],
                held: Inventory(), scope: .all)
        }
    }

    @Test func `the bytes of a repository have a limit`() throws {
        let half = Entry(tag: "e", byteCount: ObjectStoreLimits.totalByteCount / 2)
        _ = try MirrorPlan(listed: [("m/1/a", half), ("m/1/b", half)], held: Inventory(), scope: .all)
        #expect(throws: ObjectStoreFault.self) {
            try MirrorPlan(
                listed: [("m/1/a", half), ("m/1/b", half), ("m/1/c", Entry(tag: "e", byteCount: 1))],
                held: Inventory(), scope: .all)
        }
    }
}
