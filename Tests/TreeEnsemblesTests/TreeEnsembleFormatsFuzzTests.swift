import TestSupport
import Testing

@testable import TreeEnsembles

/// Broken model files: whatever the bytes are, a reader answers with a forest or a fault, and never takes memory or
/// time out of proportion.
///
/// The smallest fixture of every format is cut at many places and mutated at random; a crash ends the test run.
@Suite struct TreeEnsembleFormatsFuzzTests {
    /// The smallest model file with some trees of each fixture format, and some with parts that few models have.
    static let seeds: [Fixture] =
        Dictionary(grouping: FixtureCatalog.all.filter { $0.treesInFile > 1 }, by: \.format)
        .values
        .compactMap { fixtures in fixtures.min { $0.modelBytes.count < $1.modelBytes.count } }
        .sorted { $0.format < $1.format } + FixtureCatalog.all.filter { rarities.contains($0.description) }

    private static let rarities: Set<String> = [
        "xgboost_json/categories", "xgboost_ubjson/vector_leaves", "catboost_cbm/lossguide_multi_class",
        "catboost_json/lossguide", "catboost_cbm/one_hot",
    ]

    /// How often a file may be read, so that a test in a debug build stays within a second or so.
    private static func runCount(_ model: [UInt8]) -> Int { min(150, 500_000 / model.count) }

    private static func load(_ bytes: [UInt8], platform: String) -> Result<TreeEnsemble, TreeEnsembleFault> {
        do {
            return .success(try TreeEnsembleFormats.load(fileName: "model", bytes: bytes.span, platform: platform))
        } catch {
            return .failure(error)
        }
    }

    private static func platform(of fixture: Fixture) throws -> String {
        try #require(TreeEnsembleFormats.platforms.first { fixture.format.hasPrefix($0) })
    }

    @Test(arguments: seeds)
    func `a file that is cut off is refused with a place inside it`(fixture: Fixture) throws {
        let model = fixture.modelBytes
        let platform = try Self.platform(of: fixture)
        let whole = try fixture.load()
        // Every cut near both ends, and some between them.
        let cuts = Set(0..<min(12, model.count)).union(model.count - min(12, model.count)..<model.count)
            .union(stride(from: 0, to: model.count, by: max(1, model.count / Self.runCount(model))))
        for cut in cuts.sorted() {
            switch Self.load(Array(model[..<cut]), platform: platform) {
            case .success(let ensemble):
                // A text may end behind its last tree.
                let isWhole = platform == LightGBMFormat.platform && ensemble == whole
                #expect(isWhole, "\(fixture) cut to \(cut) bytes of \(model.count) was accepted")
            case .failure(let fault):
                #expect(fault.format == platform && fault.fileName == "model")
                #expect(fault.byteOffset.map { $0 <= cut } ?? true, "byte \(fault.byteOffset ?? -1) of \(cut)")
            }
        }
    }

    @Test(arguments: seeds)
    func `a mutated file is read or refused`(fixture: Fixture) throws {
        var generator = SeededGenerator.forTest("mutated \(fixture)")
        let model = fixture.modelBytes
        let platform = try Self.platform(of: fixture)
        var acceptedCount = 0
        for _ in 0..<Self.runCount(model) {
            let mutated = generator.mutated(model, changes: 4, interesting: [0, 1, 0x7f, 0x80, 0xff, 0x5b, 0x7b, 0x2d])
            guard case .success(let ensemble) = Self.load(mutated, platform: platform) else { continue }
            acceptedCount += 1
            guard ensemble.featureCount < 1000 else { continue }
            // What was accepted can be evaluated.
            let row = (0..<ensemble.featureCount).map { _ in generator.anyFloat() }
            let evaluator = ReferenceEvaluator(ensemble)
            #expect(evaluator.margins(of: row).count == ensemble.marginCount)
            #expect(evaluator.leafNumbers(of: row).count == ensemble.treeCount)
        }
        #expect(acceptedCount < Self.runCount(model))
    }

    @Test(arguments: TreeEnsembleFormats.platforms)
    func `noise is refused by every format`(platform: String) {
        var generator = SeededGenerator.forTest("noise \(platform)")
        for _ in 0..<300 {
            let noise = generator.bytes(count: generator.int(in: 0...200))
            if case .success = Self.load(noise, platform: platform) { Issue.record("noise was accepted: \(noise)") }
        }
    }

    @Test func `a file of no known format is refused as such`() {
        let bytes = Array("hello".utf8)
        #expect(throws: TreeEnsembleFault.self) { try TreeEnsembleFormats.load(fileName: "a.txt", bytes: bytes.span) }
        do {
            _ = try TreeEnsembleFormats.load(fileName: "a.txt", bytes: bytes.span)
        } catch {
            #expect(error.message == "a.txt: not a model file of a known format")
        }
    }
}
