import Glibc
import LinuxSystem
import TestSupport
import Testing
import TreeEnsembles

@testable import ModelRepository

/// Models on disk, loaded as a catalog orders, with a time that the test decides.
private struct CatalogTrial {
    let folder = TemporaryFolder()
    var catalog: ModelCatalog
    var now = Nanoseconds.zero
    /// Whether files look as if they were written long ago.
    var areOld = true
    let loader = ModelLoader(instructionSet: .detect())

    init(_ control: ModelLife.Control) {
        catalog = ModelCatalog(control: control)
    }

    private func sight(movedHere: Set<String>) -> ModelCatalog.Sight {
        let scan = RepositoryScanner.scan(repositories: [folder.path], models: [])
        var fingerprints: [String: ModelFingerprint] = [:]
        for scanned in scan.models { fingerprints[scanned.name] = ModelFingerprint(of: scanned) }
        let newest = fingerprints.values.compactMap(\.newestChange).max() ?? .zero
        let time = areOld ? newest + ModelRepositoryLimits.quietTime : newest
        return ModelCatalog.Sight(scan: scan, fingerprints: fingerprints, movedHere: movedHere, now: now, time: time)
    }

    /// Looks, loads what is ordered, and returns the names.
    mutating func look(movedHere: Set<String> = []) -> (loaded: [String], next: Nanoseconds) {
        let look = catalog.look(sight(movedHere: movedHere))
        for order in look.orders { load(order) }
        return (look.orders.map(\.name), look.next)
    }

    mutating func load(_ order: LoadOrder) {
        var versions: [Int64] = []
        let outcome = loader.load(order.scanned, keeping: order.keeping) { versions = $0 }
        catalog.planned(order, versions: versions)
        catalog.ended(order, outcome)
    }

    mutating func find(_ name: String) -> (scanned: ScannedModel, fingerprint: ModelFingerprint)? {
        let scan = RepositoryScanner.scan(repositories: [folder.path], models: [], named: name)
        return scan.models.first.map { ($0, ModelFingerprint(of: $0)) }
    }

    /// Asks for a load and says what came of it.
    mutating func ask(_ name: String, _ override: LoadOverride? = nil) -> String {
        switch catalog.loadAsked(name, found: find(name), override: override) {
        case .unknownModel: return "unknown"
        case .unchanged: return "unchanged"
        case .load(let order):
            load(order)
            return catalog.failure(of: name) ?? "loaded"
        }
    }

    /// The index, a line per entry.
    mutating func index() -> [String] {
        catalog.makeTable().index.map { entry in
            [entry.name, entry.version.map { "\($0)" } ?? "-", entry.state ?? "-", entry.reason]
                .filter { !$0.isEmpty }.joined(separator: " ")
        }
    }

    func write(_ model: [UInt8], _ name: String, version: Int = 1) {
        folder.write(model, to: "\(name)/\(version)/model.json")
    }

    func remove(_ path: String) throws {
        _ = try ChildProcess("/bin/rm", ["-rf", "\(folder.path)/\(path)"]).waitForEnd()
    }
}

struct ModelCatalogTests {
    private static func model() throws -> [UInt8] { try TrainerFixture.binary.bytes("model.json") }
    private static let quiet = ModelRepositoryLimits.quietTime

    @Test func `a polled repository is followed`() throws {
        var trial = CatalogTrial(.poll)
        trial.write(try Self.model(), "a")
        #expect(trial.look().loaded == ["a"])
        #expect(trial.index() == ["a 1 READY"])
        #expect(trial.look().loaded == [])
        trial.write(try Self.model(), "a", version: 2)
        trial.write(try Self.model(), "b")
        #expect(trial.look().loaded == ["a", "b"])
        #expect(trial.index() == ["a 2 READY", "b 1 READY"])
        try trial.remove("a/2")
        #expect(trial.look().loaded == [], "what is being deleted must be quiet")
        trial.now = Self.quiet
        #expect(trial.look().loaded == ["a"])
        #expect(trial.index() == ["a 1 READY", "b 1 READY"])
    }

    @Test func `a bad version leaves the one that answers, and is taken when it is mended`() throws {
        var trial = CatalogTrial(.poll)
        trial.write(try Self.model(), "a")
        _ = trial.look()
        trial.write(Array("broken".utf8), "a", version: 2)
        #expect(trial.look().loaded == ["a"])
        let index = trial.index()
        #expect(index.count == 2 && index[0].hasPrefix("a 1 READY version 2 is at UNAVAILABLE state: a/2"), "\(index)")
        #expect(index[1].hasPrefix("a 2 UNAVAILABLE a/2"), "\(index)")
        #expect(trial.catalog.makeTable().isStrictlyReady, "a failed reload never turns readiness false")
        #expect(trial.look().loaded == [], "what has failed is not tried again unchanged")
        trial.write(try Self.model(), "a", version: 2)
        #expect(trial.look().loaded == ["a"])
        #expect(trial.index() == ["a 2 READY"])
    }

    @Test func `files that may still be written are left alone`() throws {
        var trial = CatalogTrial(.poll)
        trial.areOld = false
        trial.write(try Self.model(), "a")
        #expect(trial.look() == ([], Self.quiet))
        trial.now = Self.quiet
        #expect(trial.look().loaded == ["a"])
        trial.write(try Self.model(), "a", version: 2)
        #expect(trial.look().loaded == [])
        #expect(trial.look(movedHere: ["\(trial.folder.path)/a/1"]).loaded == [], "another version was moved")
        #expect(trial.look(movedHere: ["\(trial.folder.path)/a/2"]).loaded == ["a"])
        // The path is terminated by the conversion to a C string, and the stream is closed below.
        let stream = unsafe fopen(trial.folder.path + "/a/2/model.json", "ae")
        trial.areOld = true
        trial.write(try Self.model(), "a", version: 3)
        #expect(trial.look().next == trial.now + Self.quiet, "somebody writes")
        if let stream = unsafe stream { unsafe _ = fclose(stream) }
        #expect(trial.look().loaded == ["a"])
        #expect(trial.index() == ["a 3 READY"])
    }

    @Test func `a model that is gone for long is unloaded, not one that is away for a moment`() throws {
        var trial = CatalogTrial(.poll)
        trial.write(try Self.model(), "a")
        _ = trial.look()
        try trial.remove("a")
        #expect(trial.look().next == Self.quiet)
        #expect(trial.index() == ["a 1 READY"])
        trial.write(try Self.model(), "a")
        trial.now = Self.quiet
        #expect(trial.look().loaded == ["a"], "its files are others")
        try trial.remove("a")
        _ = trial.look()
        trial.now = Self.quiet + Self.quiet
        _ = trial.look()
        #expect(trial.index() == [])
    }

    @Test func `a repository that cannot be read has lost no model`() throws {
        var trial = CatalogTrial(.poll)
        trial.write(try Self.model(), "a")
        _ = trial.look()
        var sight = ModelCatalog.Sight(
            scan: RepositoryScanner.scan(repositories: [trial.folder.path + "/none"], models: []), fingerprints: [:],
            movedHere: [], now: .seconds(100), time: .zero)
        sight.scan.unreadableRepositories = [.arrangement(path: trial.folder.path, sentence: "x")]
        _ = trial.catalog.look(sight)
        #expect(trial.index() == ["a 1 READY"])
    }

    @Test func `a model that cannot be read goes on answering and says why`() throws {
        var trial = CatalogTrial(.poll)
        trial.write(try Self.model(), "a")
        _ = trial.look()
        var scan = RepositoryScanner.scan(repositories: [trial.folder.path], models: [])
        scan.models[0].fault = .directory("a", SystemError("opendir", number: EACCES))
        scan.models[0].versions = []
        let fingerprints = ["a": ModelFingerprint(of: scan.models[0])]
        func sight(_ now: Nanoseconds) -> ModelCatalog.Sight {
            ModelCatalog.Sight(scan: scan, fingerprints: fingerprints, movedHere: [], now: now, time: .zero)
        }
        #expect(trial.catalog.look(sight(.zero)).orders.isEmpty)
        let orders = trial.catalog.look(sight(Self.quiet)).orders
        #expect(orders.map(\.name) == ["a"])
        trial.load(orders[0])
        #expect(trial.index() == ["a 1 READY a: Permission denied"])
        #expect(trial.look().loaded == ["a"])
        #expect(trial.index() == ["a 1 READY"])
    }

    @Test func `versions that have not changed stay as they are`() throws {
        var trial = CatalogTrial(.poll)
        trial.folder.write("version_policy { all { } }", to: "a/config.pbtxt")
        trial.write(try Self.model(), "a")
        trial.write(try Self.model(), "a", version: 2)
        _ = trial.look()
        let before = trial.catalog.makeTable()
        trial.write(try Self.model(), "a", version: 3)
        _ = trial.look()
        let after = trial.catalog.makeTable()
        #expect(after.servedModels.count == 3)
        #expect(
            before.model(atSlot: 0) === after.model(atSlot: 0) && before.model(atSlot: 1) === after.model(atSlot: 1))
        trial.folder.write("version_policy { all { } } max_batch_size: 7", to: "a/config.pbtxt")
        _ = trial.look()
        let changed = trial.catalog.makeTable()
        #expect(
            changed.servedModels.count == 3 && changed.servedModels.allSatisfy { $0.configuration.maxBatchSize == 7 })
    }

    @Test func `a slot is another's only when all loops are done with it`() throws {
        var trial = CatalogTrial(.poll)
        trial.catalog.loopsBegan(count: 2)
        trial.write(try Self.model(), "a")
        _ = trial.look()
        trial.write(try Self.model(), "a", version: 2)
        _ = trial.look()
        #expect(trial.index() == ["a 1 UNLOADING", "a 2 READY"])
        let table = trial.catalog.makeTable()
        #expect(table.retiredSlots == [0] && table.model(atSlot: 0).version == 1)
        #expect(table.lookup(name: Array("a".utf8).span, version: 1) == .versionNotReady)
        #expect(trial.catalog.released(0, by: 1) == nil)
        #expect(!trial.catalog.hasNews)
        #expect(trial.catalog.released(0, by: 0)?.version == 1)
        #expect(trial.catalog.hasNews)
        #expect(trial.index() == ["a 2 READY"])
        #expect(trial.catalog.makeTable().slots.map { $0?.version } == [nil, 2])
    }

    @Test func `models are loaded and unloaded on request`() throws {
        var trial = CatalogTrial(.explicit)
        trial.write(try Self.model(), "a")
        _ = trial.look()
        #expect(trial.index() == ["a - -"])
        #expect(trial.catalog.makeTable().isStrictlyReady, "nobody has asked for it")
        #expect(trial.ask("none") == "unknown")
        #expect(trial.ask("a") == "loaded")
        #expect(trial.ask("a") == "unchanged")
        trial.write(try Self.model(), "a", version: 2)
        #expect(trial.look().loaded == [])
        #expect(trial.index() == ["a 1 READY"])
        #expect(trial.ask("a") == "loaded")
        #expect(trial.index() == ["a 2 READY"])
        trial.write(Array("x".utf8), "a", version: 3)
        let failure = trial.ask("a")
        #expect(failure.hasPrefix("load failed for model 'a': version 3 is at UNAVAILABLE state: a/3"), "\(failure)")
        #expect(trial.ask("a") == failure, "a second load fails again")
        trial.catalog.unloadAsked("a")
        trial.catalog.unloadAsked("none")
        #expect(trial.index() == ["a 2 UNAVAILABLE unloaded"])
        #expect(trial.catalog.makeTable().isStrictlyReady)
        try trial.remove("a/3")
        #expect(trial.ask("a") == "loaded")
    }

    private static func override(_ json: String, _ files: [LoadOverride.File] = []) -> LoadOverride {
        LoadOverride(configuration: Array(json.utf8), files: files)
    }

    @Test func `a configuration that a request brings holds until files change or the model is unloaded`() throws {
        var trial = CatalogTrial(.explicit)
        trial.write(try Self.model(), "a")
        func batchSize() -> Int? { trial.catalog.makeTable().servedModels.first?.configuration.maxBatchSize }
        #expect(trial.ask("a", Self.override("{\"max_batch_size\": 5}")) == "loaded")
        #expect(batchSize() == 5)
        #expect(trial.ask("a") == "unchanged")
        #expect(batchSize() == 5)
        trial.write(try Self.model(), "a")
        #expect(trial.ask("a") == "loaded")
        #expect(batchSize() == ModelRepositoryLimits.inferredBatchSize)
        #expect(trial.ask("a", Self.override("{\"max_batch_size\": 6}")) == "loaded")
        trial.catalog.unloadAsked("a")
        #expect(trial.ask("a") == "loaded")
        #expect(batchSize() == ModelRepositoryLimits.inferredBatchSize)
        let failure = trial.ask("a", Self.override("{\n \"max_batch_size\": \"x\"}"))
        #expect(failure == "load failed for model 'a': a/config:2:23: x does not fit into int32")
        #expect(batchSize() == ModelRepositoryLimits.inferredBatchSize, "the old one keeps serving")
    }

    @Test func `files that a request brings are all that the model has, until the next load`() throws {
        var trial = CatalogTrial(.explicit)
        let file = LoadOverride.File(version: 7, name: "model.json", content: try Self.model())
        #expect(trial.ask("new", Self.override("{}", [file])) == "loaded")
        #expect(trial.index() == ["new 7 READY"])
        #expect(trial.ask("new") == "unknown")
        #expect(trial.ask("new", Self.override("{}")) == "unknown")
        trial.write(try Self.model(), "a")
        #expect(trial.ask("a", Self.override("{}", [file])) == "loaded")
        #expect(trial.index() == ["a 7 READY", "new 7 READY"])
        #expect(trial.ask("a") == "loaded", "a plain load undoes it")
        #expect(trial.index() == ["a 1 READY", "new 7 READY"])
        let broken = LoadOverride.File(version: 8, name: "model.json", content: [0])
        #expect(trial.ask("a", Self.override("{}", [broken])).hasPrefix("load failed"))
        #expect(trial.index().first?.hasPrefix("a 1 READY version 8") == true)
    }
}
