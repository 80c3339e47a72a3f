import LinuxSystem
import OpenInferenceProtocol
import TestSupport
import Testing
import TrafficSplitting

@testable import ModelRepository

/// A traffic split and its variants, loaded, changed and unloaded in every order.
struct ModelCatalogSplitTests {
    private typealias Trial = ComposedTrial

    private static func text(_ rest: String = "", a: Double = 70, b: Double = 30, features: String = "") -> String {
        """
        traffic_split {
          variant { name: "a" model: "first" weight: \(a) }
          variant { name: "b" model: "second" weight: \(b) }
          \(rest)
        }
        \(features)
        """
    }

    private static func trial(
        _ control: ModelLife.Control = .poll, _ text: String = text(), features: (Int, Int) = (2, 2)
    ) -> ComposedTrial {
        let trial = Trial(control)
        trial.write("first", answering: 1, features: features.0)
        trial.write("second", answering: 2, features: features.1)
        trial.folder.write(text, to: "split/rowan.pbtxt")
        return trial
    }

    private static func names(_ names: String) -> String {
        names.map { "features { name: \"\($0)\" }" }.joined(separator: "\n")
    }

    @Test func `a split serves its variants under its own name`() throws {
        var trial = Self.trial()
        trial.look()
        #expect(trial.states() == ["first 1 READY", "second 1 READY", "split 1 READY"])
        let model = try trial.served("split")
        let split = try model.routed
        #expect(model.signature.platform == "traffic_split" && model.unreadiness.isEmpty)
        #expect(split.variants.map(\.name) == ["a", "b"] && split.available == 0b11)
        let variant = try #require(split.variants[1].signature)
        #expect(variant.name == "split" && variant.version == "1")
        let second = try trial.served("second")
        #expect(split.variants[1].member === second)
    }

    @Test func `the highest version answers unless one is named, and a new one takes its place`() throws {
        var trial = Self.trial()
        trial.look()
        let before = try trial.served("split")
        trial.write("second", answering: 5, version: 3)
        trial.look()
        let after = try trial.served("split")
        #expect(after !== before)
        #expect(after.split?.variants[1].signature?.version == "3")
        #expect(after.split?.variants[0].member === before.split?.variants[0].member)
        trial.look()
        let later = try trial.served("split")
        #expect(later === after, "nothing has changed")
    }

    @Test func `the share of a missing variant is refused, and the split is not ready`() throws {
        var trial = Self.trial(.explicit)
        #expect(trial.ask("first") == "loaded" && trial.ask("second") == "loaded" && trial.ask("split") == "loaded")
        trial.unload("second")
        let split = try trial.served("split").routed
        #expect(split.available == 0b01)
        #expect(
            trial.index().last
                == "split 1 UNAVAILABLE unloaded: variant 'b': the model is unloaded")
        let choices = (0..<200).map { split.choose(keyHash: StableHash.mixed(UInt64($0))) }
        #expect(Set(choices.map { "\($0)" }) == ["variant(0)", "unavailable(1)"])
        let table = trial.catalog.makeTable()
        #expect(table.isStrictlyReady, "who unloads a model on request knows")
        #expect(trial.ask("second") == "loaded")
        #expect(trial.states().last == "split 1 READY")
    }

    @Test func `a variant that fails makes the split unready, and a server that is strict`() throws {
        var trial = Self.trial()
        trial.folder.write("{", to: "second/1/model.json")
        trial.look()
        #expect(trial.states().last == "split 1 UNAVAILABLE")
        #expect(trial.index().last?.contains("variant 'b': the model is not ready: ") == true)
        let split = try trial.served("split").routed
        #expect(split.available == 0b01)
        let table = trial.catalog.makeTable()
        #expect(!table.isStrictlyReady)
    }

    @Test func `where it is wished the others take over, and the split stays ready`() throws {
        var trial = Self.trial(.explicit, Self.text("on_unavailable: REDISTRIBUTE"))
        #expect(trial.ask("first") == "loaded" && trial.ask("second") == "loaded" && trial.ask("split") == "loaded")
        let before = try trial.served("split").routed
        trial.unload("second")
        let split = try trial.served("split").routed
        #expect(trial.states().last == "split 1 READY")
        for number in 0..<100 {
            let hash = StableHash.mixed(UInt64(number))
            #expect(split.choose(keyHash: hash) == .variant(0))
            if before.choose(keyHash: hash) == .variant(0) { #expect(split.choose(keyHash: hash) == .variant(0)) }
        }
        trial.unload("first")
        #expect(trial.states().last?.hasPrefix("split 1 UNAVAILABLE") == true)
        #expect(trial.model("split") == nil)
    }

    @Test func `a missing variant without weight is nobody's concern`() throws {
        var trial = Self.trial(.explicit, Self.text(a: 1, b: 0))
        #expect(trial.ask("first") == "loaded" && trial.ask("split") == "loaded")
        #expect(trial.states().last == "split 1 READY")
        trial.unload("first")
        #expect(trial.model("split") == nil)
    }

    @Test func `columns go to the features of their names`() throws {
        var trial = Self.trial(features: (3, 2))
        trial.folder.write(Self.names("abc"), to: "first/rowan.pbtxt")
        trial.folder.write(Self.names("ca"), to: "second/rowan.pbtxt")
        trial.look()
        let model = try trial.served("split")
        #expect(model.inputs.map(\.dims) == [[-1, 3]])
        #expect(model.signature.input.featureNames.names == ["a", "b", "c"])
        #expect(model.split?.variants[0].signature?.input.mapping == nil)
        #expect(model.split?.variants[1].signature?.input.mapping?.columns == [1, -1, 0])
    }

    @Test func `columns stay what they are while a variant is away`() throws {
        var trial = Self.trial(.explicit, features: (3, 2))
        trial.folder.write(Self.names("abc"), to: "first/rowan.pbtxt")
        trial.folder.write(Self.names("ca"), to: "second/rowan.pbtxt")
        #expect(trial.ask("first") == "loaded" && trial.ask("second") == "loaded" && trial.ask("split") == "loaded")
        trial.unload("first")
        let model = try trial.served("split")
        #expect(model.signature.input.featureNames.names == ["a", "b", "c"])
    }

    @Test(arguments: [
        ("", "", "", "variant 'b': 'second' takes 2 features, 'first' takes 3, and not all"),
        ("abc", "ab", "cab", ""), ("abc", "az", "abc", "variant 'b': its feature 'z' is not among those of the split"),
        ("abc", "ab", "abcq", "no variant has the feature 'q'"),
    ])
    func `columns that do not fit are refused`(_ first: String, _ second: String, _ own: String, _ fault: String) {
        var trial = Self.trial(.poll, Self.text(features: Self.names(own)), features: (3, 2))
        if !first.isEmpty { trial.folder.write(Self.names(first), to: "first/rowan.pbtxt") }
        if !second.isEmpty { trial.folder.write(Self.names(second), to: "second/rowan.pbtxt") }
        trial.look()
        let line = trial.index().last ?? ""
        #expect(fault.isEmpty ? line == "split 1 READY" : line.contains(fault), "\(line)")
    }

    @Test func `a split is neither a variant nor a step, and circles are seen`() {
        var trial = Self.trial()
        trial.folder.write(
            "traffic_split { variant { name: \"x\" model: \"split\" weight: 1 } }", to: "outer/rowan.pbtxt")
        trial.writeEnsemble("step", of: "split")
        trial.look()
        #expect(trial.index().contains { $0.hasPrefix("outer 1") && $0.contains("is a traffic split itself") })
        #expect(trial.index().contains { $0.hasPrefix("step 1") && $0.contains("answers clients only") })
        trial.folder.write(
            "traffic_split { variant { name: \"x\" model: \"outer\" weight: 1 } }", to: "split/rowan.pbtxt")
        trial.look()
        #expect(trial.index().contains { $0.contains("call each other in a circle") }, "\(trial.index())")
    }

    @Test func `new weights come with the file`() throws {
        var trial = Self.trial()
        trial.look()
        trial.folder.write(Self.text(a: 0.25, b: 0.75), to: "split/rowan.pbtxt")
        trial.look()
        let split = try trial.served("split").routed
        #expect(split.variants.map(\.weight.millionths) == [250_000, 750_000])
    }
}

extension ServedModel {
    /// What makes the model a split.
    fileprivate var routed: TrafficSplit {
        get throws {
            let split = split
            return try #require(split)
        }
    }
}
