import LinuxSystem
import OpenInferenceProtocol
import TestSupport
import Testing
import TreeEnsembles

@testable import ModelRepository

/// An ensemble and its models, loaded, changed and unloaded in every order.
struct ModelCatalogEnsembleTests {
    private typealias Text = EnsembleText

    private typealias Trial = ComposedTrial

    @Test func `what was told of a model is not told again by its next load`() throws {
        var trial = Trial(.explicit)
        trial.write("m", answering: 1)
        trial.write("m", answering: 1, version: 2)
        trial.folder.write("runtime: \"x\"\nversion_policy { all { } }", to: "m/config.pbtxt")
        trial.folder.write("features { name: \"b\" } features { name: \"a\" }", to: "m/rowan.pbtxt")
        #expect(trial.ask("m") == "loaded")
        #expect(trial.notices == ["m/config.pbtxt:1:1: runtime: the server brings its own engines"])
        trial.folder.write(
            "runtime: \"x\"\nversion_policy { all { } }\nmodel_operations { }", to: "m/config.pbtxt")
        #expect(trial.ask("m") == "loaded")
        #expect(trial.notices.map { $0.prefix(20) } == ["m/config.pbtxt:3:1: "])
        // Who unloads a model and loads it again is told everything.
        trial.unload("m")
        #expect(trial.ask("m") == "loaded" && trial.notices.count == 2)
    }

    @Test func `an ensemble whose model was unloaded on request says so`() throws {
        var trial = Trial(.explicit)
        trial.write("m", answering: 1)
        trial.writeEnsemble("e", of: "m")
        #expect(trial.ask("m") == "loaded" && trial.ask("e") == "loaded")
        trial.catalog.unloadAsked("m")
        #expect(trial.catalog.relink().map(\.isUnloaded) == [true])
        #expect(trial.ask("m") == "loaded")
        trial.folder.write("no model", to: "m/1/model.json")
        #expect(trial.ask("m").hasPrefix("load failed"))
        #expect(trial.catalog.relink().isEmpty, "the ensemble answers with the model that it has")
    }

    @Test func `a model that was replaced is called until its ensemble has ended`() throws {
        var trial = Trial(.explicit)
        trial.write("m", answering: 1)
        trial.writeEnsemble("e", of: "m")
        #expect(trial.ask("m") == "loaded" && trial.ask("e") == "loaded")
        trial.catalog.loopsBegan(count: 1)
        let before = trial.catalog.makeTable()
        let old = try #require(before.slots.firstIndex { $0?.name == "m" })
        let caller = try #require(before.slots.firstIndex { $0?.name == "e" })
        #expect(before.isCalled(old, besides: []) && !before.isCalled(caller, besides: []))
        trial.write("m", answering: 2)
        #expect(trial.ask("m") == "loaded")
        let after = trial.catalog.makeTable()
        #expect(after.retiredSlots == [old, caller].sorted())
        #expect(after.isCalled(old, besides: []), "the ensemble may have requests")
        #expect(!after.isCalled(old, besides: [caller]))
        let new = try #require(after.slots.indices.first { after.slots[$0]?.name == "m" && $0 != old })
        #expect(after.isCalled(new, besides: [caller]))
    }

    @Test func `an ensemble waits for its model and goes with it`() throws {
        var trial = Trial(.explicit)
        trial.write("m", answering: 1)
        trial.writeEnsemble("e", of: "m")
        trial.look()
        let missing = "e/config.pbtxt:5:6: step 0 ('m'): the model is not loaded"
        #expect(trial.ask("e") == "load failed for model 'e': version 1 is at UNAVAILABLE state: \(missing);")
        #expect(trial.index() == ["e 1 UNAVAILABLE \(missing)", "m - -"])
        #expect(trial.ask("m") == "loaded")
        #expect(trial.index() == ["e 1 READY", "m 1 READY"], "it is ready when its model is")
        #expect(trial.ask("e") == "unchanged")
        trial.unload("m")
        let unloaded = "e/config.pbtxt:5:6: step 0 ('m'): the model is unloaded"
        #expect(trial.index() == ["e 1 UNAVAILABLE unloaded: \(unloaded)", "m 1 UNAVAILABLE unloaded"])
        #expect(trial.catalog.makeTable().isStrictlyReady, "what was unloaded on request is forgiven")
        #expect(trial.ask("m") == "loaded")
        #expect(trial.index() == ["e 1 READY", "m 1 READY"])
        trial.unload("e")
        trial.unload("m")
        #expect(trial.ask("m") == "loaded")
        #expect(trial.index() == ["e 1 UNAVAILABLE unloaded", "m 1 READY"], "nobody wants the ensemble")
    }

    @Test func `one table holds the new model and the ensemble that calls it`() throws {
        var trial = Trial(.explicit)
        trial.write("m", answering: 1)
        trial.writeEnsemble("e", of: "m")
        trial.writeEnsemble("outer", of: "e", input: "x", output: "y")
        for name in ["m", "e", "outer"] { #expect(trial.ask(name) == "loaded") }
        #expect(trial.answer("outer") == 1)
        trial.write("m", answering: 2, version: 2)
        #expect(trial.ask("m") == "loaded")
        #expect(trial.states() == ["e 1 READY", "m 2 READY", "outer 1 READY"])
        let table = trial.catalog.makeTable()
        let (model, outer) = (trial.model("m"), trial.model("outer"))
        #expect(outer?.members.last?.model === model && table.servedModels.count == 3)
        #expect(trial.answer("e") == 2 && trial.answer("outer") == 2)
        #expect(trial.catalog.relink().isEmpty, "nothing has changed since")
    }

    @Test func `an ensemble that names a version keeps to it`() throws {
        var trial = Trial(.explicit)
        trial.folder.write("version_policy { all { } }", to: "m/config.pbtxt")
        trial.write("m", answering: 1)
        trial.folder.writeEnsemble(
            Text.tensor("input", "x", "FP32", "2") + Text.tensor("output", "y", "FP32")
                + Text.scheduling(Text.step("m", [("features", "x")], [("score", "y")], version: "1")))
        #expect(trial.ask("m") == "loaded" && trial.ask("e") == "loaded")
        let before = trial.model("e")
        trial.write("m", answering: 2, version: 2)
        #expect(trial.ask("m") == "loaded")
        #expect(trial.model("e") === before && trial.answer("e") == 1)
        try trial.remove("m/1")
        #expect(trial.ask("m") == "loaded")
        #expect(
            trial.index().first
                == "e 1 UNAVAILABLE e/config.pbtxt:5:6: step 0 ('m'): version 1 of the model is not ready")
    }

    @Test func `a model that does not suit its ensemble any more takes it out of service`() throws {
        var trial = Trial(.explicit)
        trial.write("m", answering: 1)
        trial.writeEnsemble("e", of: "m")
        #expect(trial.ask("m") == "loaded" && trial.ask("e") == "loaded")
        trial.write("m", answering: 2, version: 2, features: 3)
        #expect(trial.ask("m") == "loaded")
        let fault = "e/config.pbtxt:5:52: step 0 ('m'): tensor 'x' has dims [2], input 'features' has [3]"
        #expect(trial.index() == ["e 1 UNAVAILABLE \(fault)", "m 2 READY"])
        trial.write("m", answering: 3, version: 3)
        #expect(trial.ask("m") == "loaded")
        #expect(trial.answer("e") == 3)
    }

    @Test func `a broken reload of an ensemble leaves the one that answers, which still goes with its models`() throws {
        var trial = Trial(.explicit)
        trial.write("m", answering: 1)
        trial.writeEnsemble("e", of: "m")
        #expect(trial.ask("m") == "loaded" && trial.ask("e") == "loaded")
        trial.writeEnsemble("e", of: "other")
        #expect(trial.ask("e").hasPrefix("load failed for model 'e'"))
        #expect(trial.answer("e") == 1)
        trial.write("m", answering: 2, version: 2)
        #expect(trial.ask("m") == "loaded")
        #expect(trial.answer("e") == 2)
        #expect(trial.ask("e").hasPrefix("load failed for model 'e'"), "a second load fails again")
        trial.writeEnsemble("e", of: "m")
        #expect(trial.ask("e") == "loaded")
        #expect(trial.states() == ["e 1 READY", "m 2 READY"])
    }

    @Test func `a polled repository is followed in any order`() throws {
        var trial = Trial(.poll)
        trial.writeEnsemble("a", of: "b", input: "x", output: "y")
        trial.look()
        #expect(trial.index() == ["a 1 UNAVAILABLE a/config.pbtxt:5:6: step 0 ('b'): no repository has the model"])
        trial.writeEnsemble("b", of: "m")
        trial.look()
        #expect(trial.states() == ["a 1 UNAVAILABLE", "b 1 UNAVAILABLE"])
        trial.write("m", answering: 1)
        trial.look()
        #expect(trial.states() == ["a 1 READY", "b 1 READY", "m 1 READY"])
        #expect(trial.answer("a") == 1)
        trial.write("m", answering: 2, version: 2)
        trial.look()
        #expect(trial.answer("a") == 2)
        try trial.remove("m")
        trial.look()
        trial.look()
        #expect(trial.states() == ["a 1 UNAVAILABLE", "b 1 UNAVAILABLE"])
        trial.write("m", answering: 3)
        trial.look()
        #expect(trial.answer("a") == 3)
    }

    @Test func `ensembles that call each other in a circle are refused, and served when the circle is cut`() throws {
        var trial = Trial(.poll)
        trial.write("m", answering: 1)
        trial.writeEnsemble("a", of: "b", input: "x", output: "y")
        trial.writeEnsemble("b", of: "a", input: "x", output: "y")
        trial.look()
        let circle = "ensembles call each other in a circle:"
        #expect(
            trial.index() == [
                "a 1 UNAVAILABLE a/config.pbtxt:5:6: step 0 ('b'): \(circle) 'a', 'b', 'a'",
                "b 1 UNAVAILABLE b/config.pbtxt:5:6: step 0 ('a'): \(circle) 'b', 'a', 'b'", "m 1 READY",
            ])
        trial.writeEnsemble("b", of: "m")
        trial.look()
        #expect(trial.states() == ["a 1 READY", "b 1 READY", "m 1 READY"])
        trial.writeEnsemble("b", of: "a", input: "x", output: "y")
        trial.look()
        #expect(trial.states() == ["a 1 READY", "b 1 READY", "m 1 READY"], "a failed reload changes nothing")
        #expect(trial.answer("a") == 1)
    }

    @Test func `unloading takes what was loaded for an ensemble alone`() throws {
        var trial = Trial(.explicit)
        for name in ["m", "own"] { trial.write(name, answering: 1) }
        trial.writeEnsemble("inner", of: "m")
        trial.folder.writeEnsemble(
            Text.tensor("input", "x", "FP32", "2") + Text.tensor("output", "y", "FP32")
                + Text.tensor("output", "z", "FP32")
                + Text.scheduling(
                    Text.step("inner", [("x", "x")], [("y", "y")]),
                    Text.step("own", [("features", "x")], [("score", "z")])), as: "e")
        trial.writeEnsemble("second", of: "m")
        func load() {
            _ = trial.ask("own")
            for name in ["m", "inner", "own"] { _ = trial.ask(name, isMember: true) }
            #expect(trial.ask("e") == "loaded")
        }
        func unloaded() -> [String] {
            trial.catalog.makeTable().index.filter { $0.reason == "unloaded" }.map(\.name)
        }
        load()
        trial.unload("e")
        #expect(unloaded() == ["e"])
        #expect(trial.ask("e") == "loaded")
        trial.unload("e", withMembers: true)
        #expect(unloaded() == ["e", "inner", "m"], "a model that was also asked for stays")
        load()
        #expect(trial.ask("second") == "loaded")
        trial.unload("e", withMembers: true)
        #expect(unloaded() == ["e", "inner"], "another ensemble calls it")
        trial.unload("second", withMembers: true)
        #expect(unloaded() == ["e", "inner", "m", "second"])
        load()
        #expect(trial.ask("m") == "unchanged", "now it is asked for")
        trial.unload("e", withMembers: true)
        #expect(unloaded() == ["e", "inner", "second"])
    }

    @Test func `the start loads what ensembles call, and unloading knows it`() throws {
        let trial = Trial(.explicit)
        for name in ["m", "other"] { trial.write(name, answering: 1) }
        trial.writeEnsemble("inner", of: "m")
        trial.writeEnsemble("a", of: "inner", input: "x", output: "y")
        let loaded = RepositoryLoader(instructionSet: .baseline).load(
            repositories: [trial.folder.path], control: .explicit, wanted: ["a"])
        #expect(loaded.report.faults.isEmpty, "\(loaded.report.text)")
        var catalog = loaded.catalog
        #expect(loaded.table.index.filter { $0.state == "READY" }.map(\.name) == ["a", "inner", "m"])
        #expect(loaded.report.served.map(\.name) == ["a", "inner", "m"])
        catalog.unloadAsked("a", withMembers: true)
        #expect(catalog.makeTable().index.filter { $0.state == "READY" }.isEmpty)
    }

    @Test func `a start reports every fault of circles and missing models`() throws {
        let trial = Trial(.none)
        trial.writeEnsemble("a", of: "b", input: "x", output: "y")
        trial.writeEnsemble("b", of: "a", input: "x", output: "y")
        trial.writeEnsemble("c", of: "broken")
        trial.folder.write("nothing", to: "broken/1/model.json")
        let loaded = RepositoryLoader(instructionSet: .baseline).load(repositories: [trial.folder.path])
        let faults = RepositoryLoaderTests.findings(loaded.report.faults, in: trial.folder)
        #expect(faults.count == 4, "\(faults)")
        #expect(faults[0].hasSuffix("in a circle: 'a', 'b', 'a'") && faults[1].hasSuffix("in a circle: 'b', 'a', 'b'"))
        #expect(faults[3].hasPrefix("c/config.pbtxt:5:6: step 0 ('broken'): the model is not ready: version 1 is at"))
    }
}
