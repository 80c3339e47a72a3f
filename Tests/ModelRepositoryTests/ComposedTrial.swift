import LinuxSystem
import OpenInferenceProtocol
import TestSupport
import Testing
import TreeEnsembles

@testable import ModelRepository

/// A catalog as the thread of the repository drives it, with files that were written long ago.
struct ComposedTrial {
    let folder = TemporaryFolder()
    var catalog: ModelCatalog
    var now = Nanoseconds.zero
    let loader = ModelLoader(instructionSet: .baseline)

    init(_ control: ModelLife.Control) { catalog = ModelCatalog(control: control) }

    /// What operators were told by the last load.
    private(set) var notices: [String] = []

    mutating func load(_ order: LoadOrder) {
        var versions: [Int64] = []
        let outcome = loader.load(order.scanned, keeping: order.keeping) { versions = $0 }
        catalog.planned(order, versions: versions)
        notices = catalog.ended(order, outcome).notices.map(\.description)
    }

    private func find(_ name: String) -> (scanned: ScannedModel, fingerprint: ModelFingerprint)? {
        RepositoryScanner.scan(repositories: [folder.path], models: [], named: name).models.first
            .map { ($0, ModelFingerprint(of: $0)) }
    }

    mutating func ask(_ name: String, isMember: Bool = false) -> String {
        defer { _ = catalog.relink() }
        switch catalog.loadAsked(name, found: find(name), override: nil, isMember: isMember) {
        case .unknownModel: return "unknown"
        case .unchanged: return "unchanged"
        case .load(let order):
            load(order)
            return catalog.failure(of: name) ?? "loaded"
        }
    }

    mutating func unload(_ name: String, withMembers: Bool = false) {
        catalog.unloadAsked(name, withMembers: withMembers)
        _ = catalog.relink()
    }

    /// Looks at the disk, a while later, and loads what is ordered, in the order of names.
    mutating func look() {
        now = now + .seconds(10)
        let scan = RepositoryScanner.scan(repositories: [folder.path], models: [])
        var fingerprints: [String: ModelFingerprint] = [:]
        for scanned in scan.models { fingerprints[scanned.name] = ModelFingerprint(of: scanned) }
        let newest = fingerprints.values.compactMap(\.newestChange).max() ?? .zero
        let look = catalog.look(
            ModelCatalog.Sight(
                scan: scan, fingerprints: fingerprints, movedHere: [], now: now,
                time: newest + ModelRepositoryLimits.quietTime))
        for order in look.orders { load(order) }
        _ = catalog.relink()
    }

    mutating func index() -> [String] {
        catalog.makeTable().index.map { entry in
            [entry.name, entry.version.map { "\($0)" } ?? "-", entry.state ?? "-", entry.reason]
                .filter { !$0.isEmpty }.joined(separator: " ")
        }
    }

    mutating func states() -> [String] {
        catalog.makeTable().index.map { "\($0.name) \($0.version ?? 0) \($0.state ?? "-")" }
    }

    mutating func model(_ name: String) -> ServedModel? {
        catalog.makeTable().servedModels.first { $0.name == name }
    }

    /// A model that has to be there.
    mutating func served(_ name: String) throws -> ServedModel {
        let model = model(name)
        return try #require(model)
    }

    /// What a model answers for one row of ones.
    mutating func answer(_ name: String) -> Float? {
        guard let model = model(name) else { return nil }
        let rows = FeatureMatrix(
            Array(repeating: Float(1), count: model.signature.input.featureCount), for: model.signature.input)
        let workspace = model.engine.makeWorkspace(rowCapacity: 1)
        workspace.evaluate(rows, wanted: .max)
        return workspace.outputs[0].floatValues[0]
    }

    /// A model of two features that answers a number.
    func write(_ name: String, answering number: Double, version: Int = 1, features: Int = 2) {
        let tree =
            "{\"left\": [-1], \"right\": [-1], \"feature\": [0], \"threshold\": [0], "
            + "\"missing_goes_left\": [0], \"leaf_values\": [\(number)]}"
        folder.write(
            "{\"rowan_forest\": 1, \"task\": \"regression\", \"feature_count\": \(features), \"margin_count\": 1, "
                + "\"input_precision\": \"float32\", \"base_margins\": [0], \"link\": \"identity\", "
                + "\"decision\": \"value\", \"trees\": [\(tree)]}", to: "\(name)/\(version)/model.json")
    }

    /// An ensemble that answers what one other model does.
    func writeEnsemble(_ name: String, of model: String, input: String = "features", output: String = "score") {
        folder.writeEnsemble(
            EnsembleText.tensor("input", "x", "FP32", "2") + EnsembleText.tensor("output", "y", "FP32")
                + EnsembleText.scheduling(EnsembleText.step(model, [(input, "x")], [(output, "y")])), as: name)
    }

    func remove(_ path: String) throws {
        _ = try ChildProcess("/bin/rm", ["-rf", "\(folder.path)/\(path)"]).waitForEnd()
    }
}
