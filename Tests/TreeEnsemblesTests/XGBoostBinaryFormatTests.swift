import Testing

@testable import TreeEnsembles

/// The reader of XGBoost's old binary form: fixtures against their JSON twins, and small files made here.
@Suite struct XGBoostBinaryFormatTests {
    /// A file of one tree of one split, whose parts can be replaced.
    private struct File {
        var mark: [UInt8] = []
        var baseScore = Float(0.5)
        var featureCount: Int32 = 2
        var classCount: Int32 = 0
        var majorVersion: Int32 = 1
        var objective = "reg:squarederror"
        var booster = "gbtree"
        var treeCount: Int32 = 1
        var rootCount: Int32 = 1
        var leafWidth: Int32 = 0
        var nodeCount: Int32 = 3
        var bestIteration = "0"

        private static func little(_ value: Int32) -> [UInt8] {
            (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }

        private static func text(_ text: String) -> [UInt8] {
            little(Int32(text.utf8.count)) + little(0) + Array(text.utf8)
        }

        private static func block(_ values: [Int32], byteCount: Int) -> [UInt8] {
            let bytes = values.flatMap { little($0) }
            return bytes + [UInt8](repeating: 0, count: byteCount - bytes.count)
        }

        private static func node(_ left: Int32, _ right: Int32, _ split: UInt32, _ value: Float) -> [Int32] {
            [-1, left, right, Int32(bitPattern: split), Int32(bitPattern: value.bitPattern)]
        }

        var bytes: [UInt8] {
            let base = Int32(bitPattern: baseScore.bitPattern)
            var bytes = mark
            bytes += Self.block([base, featureCount, classCount, 1, 0, majorVersion, 7, 1], byteCount: 136)
            bytes += Self.text(objective)
            bytes += Self.text(booster)
            bytes += Self.block([treeCount, 1], byteCount: 160)
            bytes += Self.block([rootCount, nodeCount, 0, 0, featureCount, leafWidth], byteCount: 148)
            bytes += Self.block(Self.node(1, 2, 0x8000_0001, 0.5), byteCount: 20)
            bytes += Self.block(Self.node(-1, -1, 0, 1.25), byteCount: 20)
            bytes += Self.block(Self.node(-1, -1, 0, -2.5), byteCount: 20)
            for hessian in [Float(3), 1, 2] {
                bytes += Self.block([0, Int32(bitPattern: hessian.bitPattern)], byteCount: 16)
            }
            // The tree's margin, and one attribute.
            bytes += Self.block([0, 1, 0], byteCount: 12)
            bytes += Self.text("best_iteration")
            bytes += Self.text(bestIteration)
            return bytes
        }

        func load() throws(TreeEnsembleFault) -> TreeEnsemble {
            try TreeEnsembleFormats.load(fileName: "", bytes: bytes.span, platform: XGBoostBinaryFormat.platform)
        }

        func refusal() -> String? {
            do {
                _ = try load()
                return nil
            } catch {
                return "\(error.field): \(error.reason.text)"
            }
        }
    }

    @Test(
        arguments:
            FixtureCatalog.fixtures(format: "xgboost_binary").map(\.name).filter { !$0.hasSuffix("before_1_0") })
    func `a model is the same forest in the old binary form and in UBJSON`(name: String) throws {
        let binary = try #require(FixtureCatalog.all.first { $0.description == "xgboost_binary/\(name)" })
        let document = try #require(FixtureCatalog.all.first { $0.description == "xgboost_ubjson/\(name)" })
        #expect(TreeEnsembleFormats.platform(of: binary.modelBytes.span) == XGBoostBinaryFormat.platform)
        #expect(try binary.load() == document.load())
    }

    @Test func `a file is read with and without its mark`() throws {
        var file = File()
        let ensemble = try file.load()
        #expect(ensemble.covers == [3, 1, 2])
        #expect(ensemble.missingGoesLeft[0])
        #expect(ReferenceEvaluator(ensemble).margins(of: [Float(9), 0.5]) == [-2])
        #expect(ReferenceEvaluator(ensemble).margins(of: [Float(9), .nan]) == [1.75])
        file.mark = Array("binf".utf8)
        #expect(try file.load() == ensemble)
        #expect(TreeEnsembleFormats.platform(of: file.bytes.span) == "xgboost")
    }

    @Test func `a base score of versions before 1_0 is a margin`() throws {
        var file = File()
        file.objective = "count:poisson"
        file.baseScore = 0
        file.majorVersion = 0
        #expect(try file.load().baseMargins == [0])
        file.majorVersion = 1
        #expect(file.refusal() == "learner: a base value is not finite")
    }

    @Test func `what is not supported is refused by its name`() {
        var file = File()
        file.booster = "gblinear"
        #expect(file.refusal() == "learner.gradient_booster.name: booster \"gblinear\" is not supported")
        file = File()
        file.objective = "reg:secret"
        #expect(file.refusal() == "learner.objective.name: objective \"reg:secret\" is not supported")
        file = File()
        file.rootCount = 2
        #expect(file.refusal() == "booster.trees[0]: a tree of 2 roots is not supported")
        file = File()
        file.leafWidth = 3
        #expect(file.refusal() == "booster.trees[0]: a leaf of 3 values is not supported")
    }

    @Test func `numbers beyond a limit or the file's end are refused`() {
        var file = File()
        file.featureCount = Int32(TreeEnsembleLimits.featureCount) + 1
        #expect(file.refusal() == "learner.num_feature: 1048577 elements exceed the limit of 1048576")
        file = File()
        file.classCount = -1
        #expect(file.refusal() == "learner.num_class: expected a count")
        file = File()
        file.treeCount = Int32(TreeEnsembleLimits.treeCount) + 1
        #expect(file.refusal() == "booster.num_trees: 1000001 elements exceed the limit of 1000000")
        file = File()
        file.nodeCount = 1000
        #expect(file.refusal() == "booster.trees[0]: the file ends too early")
        file = File()
        file.objective = String(repeating: "x", count: 65)
        #expect(file.refusal() == "learner.objective: expected a name")
        file = File()
        file.bestIteration = "-2"
        #expect(file.refusal() == "attributes.best_iteration: expected the number of a boosting round")
    }
}
