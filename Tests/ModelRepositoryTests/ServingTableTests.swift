import LinuxSystem
import OpenInferenceProtocol
import TestSupport
import Testing

@testable import ModelRepository

/// An engine that answers nothing; tables need only its identity.
private final class SilentEngine: InferenceEngine {
    func calibrate(clock: any MonotonicClock) {}

    let outputs = [TensorMetadata(name: "score", datatype: .float32, dims: [-1])]

    func makeWorkspace(rowCapacity: Int) -> any InferenceWorkspace { preconditionFailure("nothing is evaluated here") }

    func share(
        _ rows: consuming RequestRows, wanted: UInt64, observer: (any EvaluationObserver & Sendable)?
    ) -> any SharedEvaluation {
        preconditionFailure("nothing is evaluated here")
    }
}

private func silentModel(_ name: String, _ version: Int64) -> ServedModel {
    let engine = SilentEngine()
    let layout = InputLayout(kind: .forest, featureCount: 1)
    return ServedModel(
        signature: ModelSignature(
            name: name, version: "\(version)", platform: "forest", input: layout, outputs: engine.outputs),
        version: version, inputs: layout.metadata, configuration: .inferred(directoryName: name), format: "",
        engineName: "", engine: engine)
}

private func lookup(_ table: ServingTable, _ name: String, _ version: Int64?) -> ServingTable.Lookup {
    table.lookup(name: Array(name.utf8).span, version: version)
}

struct ServingTableTests {
    private static func table() -> ServingTable {
        let models = [silentModel("b", 2), silentModel("b", 10), silentModel("a", 1)]
        return ServingTable(
            models: models,
            names: [
                .init(
                    name: "b",
                    versions: [
                        .init(number: 10, state: .ready(slot: 1)),
                        .init(number: 11, state: .unavailable(reason: "b/11/model.json: broken")),
                        .init(number: 2, state: .ready(slot: 0)),
                    ], reason: ""),
                .init(name: "a", versions: [.init(number: 1, state: .ready(slot: 2))], reason: ""),
                .init(name: "c", versions: [], reason: "c: no directory of a version"),
                .init(name: "d", versions: [.init(number: 1, state: .unavailable(reason: "d/1: broken"))], reason: ""),
            ])
    }

    @Test(
        arguments: [
            ("b", nil, ServingTable.Lookup.ready(slot: 1), nil),
            ("b", 2, .ready(slot: 0), nil),
            ("b", 11, .versionNotReady, "Request for unknown model: 'b' version 11 is not at ready state"),
            ("b", 3, .unknownVersion, "Request for unknown model: 'b' version 3 is not found"),
            ("c", nil, .noReadyVersion, "Request for unknown model: 'c' has no available versions"),
            ("d", nil, .noReadyVersion, "Request for unknown model: 'd' has no available versions"),
            ("d", 1, .versionNotReady, "Request for unknown model: 'd' version 1 is not at ready state"),
            ("x", nil, .unknownName, "Request for unknown model: 'x' is not found"),
            ("x", 4, .unknownName, "Request for unknown model: 'x' is not found"),
            ("", nil, .unknownName, "Request for unknown model: '' is not found"),
        ] as [(String, Int64?, ServingTable.Lookup, String?)])
    func `a request finds its model, or learns why not in Triton's words`(
        _ name: String, _ version: Int64?, _ found: ServingTable.Lookup, _ text: String?
    ) {
        for table in [Self.table(), Self.table().copy()] {
            #expect(lookup(table, name, version) == found)
            #expect(ServingTable.explanation(of: found, name: name, version: version) == text)
        }
    }

    @Test func `the index lists names and versions in order, with states and reasons`() {
        #expect(
            Self.table().index == [
                .init(name: "a", version: 1, state: "READY", reason: ""),
                .init(name: "b", version: 2, state: "READY", reason: ""),
                .init(name: "b", version: 10, state: "READY", reason: ""),
                .init(name: "b", version: 11, state: "UNAVAILABLE", reason: "b/11/model.json: broken"),
                .init(name: "c", version: nil, state: "UNAVAILABLE", reason: "c: no directory of a version"),
                .init(name: "d", version: 1, state: "UNAVAILABLE", reason: "d/1: broken"),
            ])
        #expect(Self.table().readyVersions(ofNameAt: 1) == [2, 10])
    }

    @Test func `a slot without a name is retired, and free ones are none`() {
        let models: [ServedModel?] = [silentModel("a", 1), nil, silentModel("a", 2), silentModel("b", 1)]
        let table = ServingTable(
            slots: models,
            names: [
                .init(
                    name: "a",
                    versions: [.init(number: 1, state: .unloading), .init(number: 2, state: .ready(slot: 2))],
                    reason: ""),
                .init(name: "b", versions: [.init(number: 1, state: .loading)], reason: ""),
                .init(name: "c", versions: [], reason: "", isUntouched: true),
            ], generation: 3)
        #expect(table.retiredSlots == [0, 3])
        #expect(table.servedModels.map(\.version) == [2])
        #expect(table.copy().generation == 3 && table.copy().retiredSlots == [0, 3])
        #expect(lookup(table, "a", 1) == .versionNotReady)
        #expect(lookup(table, "b", nil) == .noReadyVersion)
        #expect(table.index.map(\.state) == ["UNLOADING", "READY", "LOADING", nil])
    }

    @Test func `a reload leaves a model ready, whatever becomes of it`() {
        func isReady(_ versions: [ServingTable.Version]) -> Bool {
            ServingTable(
                models: [silentModel("m", 1)], names: [.init(name: "m", versions: versions, reason: "")]
            ).isStrictlyReady
        }
        let ready = ServingTable.Version(number: 1, state: .ready(slot: 0))
        let noted = ServingTable.Version(number: 1, state: .ready(slot: 0), note: "bad")
        let failed = ServingTable.Version(number: 2, state: .unavailable(reason: "bad"))
        #expect(isReady([noted]) && isReady([noted, failed]) && !isReady([ready, failed]))
        #expect(isReady([ready, .init(number: 2, state: .loading)]))
        #expect(!isReady([.init(number: 2, state: .loading)]))
        #expect(isReady([.init(number: 1, state: .unloading)]))
        #expect(!isReady([.init(number: 1, state: .unloading), failed]))
        #expect(ServingTable(models: [], names: [.init(name: "m", versions: [], reason: "unloaded")]).isStrictlyReady)
        let untouched = ServingTable.Name(name: "m", versions: [], reason: "", isUntouched: true)
        #expect(ServingTable(models: [], names: [untouched]).isStrictlyReady)
        #expect(ServingTable(models: [], names: [untouched]).index.map(\.state) == [nil])
    }

    @Test func `readiness is strict: every version but those unloaded on request`() {
        func isReady(_ names: [ServingTable.Name]) -> Bool {
            ServingTable(models: [silentModel("m", 1)], names: names).isStrictlyReady
        }
        let ready = ServingTable.Version(number: 1, state: .ready(slot: 0))
        #expect(ServingTable(models: [], names: []).isStrictlyReady)
        #expect(isReady([.init(name: "m", versions: [ready], reason: "")]))
        let broken = ServingTable.Version(number: 2, state: .unavailable(reason: "broken"))
        #expect(!isReady([.init(name: "m", versions: [ready, broken], reason: "")]))
        #expect(
            isReady([
                .init(
                    name: "m", versions: [ready, .init(number: 2, state: .unavailable(reason: "unloaded"))], reason: "")
            ]))
        #expect(!isReady([.init(name: "m", versions: [], reason: "no version")]))
        #expect(!isReady([.init(name: "m", versions: [], reason: "")]))
    }
}

/// Look-ups against a dictionary.
struct ServingTableDifferentialTests {
    @Test func `a table answers as a dictionary would`() {
        var generator = SeededGenerator.forTest()
        for _ in 0..<30 {
            var twin: [String: [Int64: Int?]] = [:]
            var models: [ServedModel] = []
            var names: [ServingTable.Name] = []
            for _ in 0..<generator.int(in: 0...40) {
                let name = Self.name(&generator)
                if twin[name] != nil { continue }
                var versions: [Int64: Int?] = [:]
                for _ in 0..<generator.int(in: 0...5) {
                    let number = Int64(generator.int(in: 1...9))
                    if versions[number] != nil { continue }
                    if generator.chance(oneIn: 3) {
                        versions.updateValue(nil, forKey: number)
                    } else {
                        versions[number] = models.count
                        models.append(silentModel(name, number))
                    }
                }
                twin[name] = versions
                names.append(
                    .init(
                        name: name,
                        versions: versions.map { number, slot in
                            .init(number: number, state: slot.map { .ready(slot: $0) } ?? .unavailable(reason: "x"))
                        }, reason: ""))
            }
            let table = ServingTable(models: models, names: names)
            for name in Array(twin.keys) + (0..<20).map({ _ in Self.name(&generator) }) {
                for version in [nil] + (0...10).map({ Int64($0) }) as [Int64?] {
                    #expect(lookup(table, name, version) == Self.expected(twin, name, version))
                }
            }
        }
    }

    private static func expected(
        _ twin: [String: [Int64: Int?]], _ name: String, _ version: Int64?
    ) -> ServingTable.Lookup {
        guard let versions = twin[name] else { return .unknownName }
        if let version {
            guard let slot = versions[version] else { return .unknownVersion }
            return slot.map { .ready(slot: $0) } ?? .versionNotReady
        }
        let ready = versions.compactMap { number, slot in slot.map { (number, $0) } }
        return ready.max { $0.0 < $1.0 }.map { .ready(slot: $0.1) } ?? .noReadyVersion
    }

    private static func name(_ generator: inout SeededGenerator) -> String {
        String((0..<generator.int(in: 1...3)).map { _ in generator.element(of: Array("abcdeé_-")) })
    }
}
