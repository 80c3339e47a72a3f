import Testing

@testable import TreeEnsembles

/// The LightGBM reader against the fixtures: predictions, rows of float32, what the header says, and where a file may
/// end.
@Suite struct LightGBMFormatTests {
    private static let fixtures = FixtureCatalog.fixtures(format: "lightgbm_text")

    private static func fixture(_ name: String) throws -> Fixture {
        try #require(fixtures.first { $0.name == name })
    }

    /// What a forest predicts from the sums of its leaves.
    private static func predictions(_ ensemble: TreeEnsemble, sums: [Double], count: Int) -> [UInt64] {
        let outputs = ForestOutputs(of: ensemble)
        let isBinary = ensemble.task == .classification(classCount: 2) && ensemble.marginCount == 1
        var found = [Double](repeating: -1, count: isBinary ? 2 * count : count)
        var column = found.mutableSpan
        if outputs.probabilityCount > 0 {
            outputs.writeProbabilities(sums: sums.span, into: &column)
        } else {
            outputs.writeScores(sums: sums.span, into: &column)
        }
        // The trainer predicts the second class's probability.
        return (isBinary ? (0..<count).map { found[2 * $0 + 1] } : found).map(bits)
    }

    /// NaN is NaN, whatever its sign.
    private static func bits(_ value: Double) -> UInt64 { (value.isNaN ? Double.nan : value).bitPattern }

    @Test(arguments: fixtures)
    func `LightGBM's prediction is met bit for bit`(fixture: Fixture) throws {
        let expected = fixture.doubles(of: "expected_prediction.f64")
        let found = Self.predictions(try fixture.load(), sums: fixture.margins(), count: expected.count)
        #expect(found == expected.map(Self.bits))
    }

    @Test(arguments: fixtures.filter { $0.has("rounds_1_to_3_prediction.f64") })
    func `some of the rounds predict what LightGBM predicts with them`(fixture: Fixture) throws {
        let ensemble = try fixture.load().keeping(iterations: 1..<3)
        let evaluator = ReferenceEvaluator(ensemble)
        let expected = fixture.doubles(of: "rounds_1_to_3_prediction.f64")
        let sums = fixture.rows.flatMap { evaluator.margins(of: $0) }
        #expect(Self.predictions(ensemble, sums: sums, count: expected.count) == expected.map(Self.bits))
    }

    @Test(arguments: fixtures)
    func `every engine takes rows of float32 for the doubles that they are`(fixture: Fixture) throws {
        let ensemble = try fixture.load()
        let whole = fixture.rows.indices.filter { row in
            fixture.rows[row].allSatisfy { $0.isNaN || Double(Float($0)) == $0 }
        }
        try #require(whole.count > 15)
        let rows = whole.flatMap { fixture.rows[$0].map { Float($0) } }
        let margins = fixture.margins()
        let expected = whole.flatMap { row in
            (0..<ensemble.marginCount).map { margins[row * ensemble.marginCount + $0] }
        }
        for instructionSet in InstructionSet.present {
            for engine in TreeEngines.compileAll(ensemble, instructionSet: instructionSet) {
                var found = [Double](repeating: .nan, count: expected.count)
                var span = found.mutableSpan
                engine.evaluate(
                    rows: rows.span, rowCount: whole.count, scratch: engine.makeScratch(), margins: &span)
                #expect(found.map(\.bitPattern) == expected.map(\.bitPattern), "\(engine.name)")
            }
        }
    }

    @Test func `an objective decides task, link and margins`() throws {
        func expect(_ name: String, _ task: TreeEnsemble.Task, _ link: TreeEnsemble.Link) throws {
            let ensemble = try Self.fixture(name).load()
            #expect(ensemble.task == task && ensemble.link == link, "\(name)")
        }
        try expect("binary_sigmoid", .classification(classCount: 2), .scaledLogistic(scale: 0.7))
        try expect("multiclass", .classification(classCount: 3), .softmax)
        try expect("multiclassova", .classification(classCount: 3), .scaledLogistic(scale: 1.5))
        try expect("regression_sqrt", .regression, .signedSquare)
        try expect("fair_sqrt", .regression, .signedSquare)
        try expect("huber", .regression, .identity)
        try expect("tweedie", .regression, .exponential)
        try expect("version_2", .regression, .logistic)
        try expect("cross_entropy_lambda", .regression, .softplus)
        try expect("custom_of_three", .regression, .identity)
    }

    @Test func `rounds have a tree for each margin, and average_output divides by rounds`() throws {
        let forest = try Self.fixture("rf_multiclass").load()
        #expect(forest.iterationCount == 3 && forest.treeCount == 9 && forest.linkDivisor == 3)
        #expect(forest.treeMargins == [0, 1, 2, 0, 1, 2, 0, 1, 2])
        #expect(try Self.fixture("multiclass").load().linkDivisor == 1)
    }

    @Test func `names that LightGBM makes up are no names`() throws {
        #expect(try Self.fixture("binary").load().featureNames.isEmpty)
        #expect(
            try Self.fixture("feature_names").load().featureNames
                == ["cpu", "mem", "disk_io", "net/rx", "a=b", "été", "err", "load"])
    }

    @Test func `counts of rows are covers, and sets keep their words`() throws {
        let ensemble = try Self.fixture("categorical").load()
        #expect(ensemble.covers.count == ensemble.nodeCount)
        // The root of every tree has seen all rows.
        #expect(ensemble.treeStarts.dropLast().allSatisfy { ensemble.covers[Int($0)] == 700 })
        #expect(ensemble.categoryRule == .truncated)
        #expect(
            ensemble.categorySets[0]
                == CategorySet(words: [1_620_910_080, 2_437_178_592, 6_602_895], membersGoLeft: true))
    }

    @Test(arguments: ["binary", "multiclass", "single_leaf", "categorical", "carriage_returns", "version_2"])
    func `a file that is cut is refused, or is the whole forest`(name: String) throws {
        let fixture = try Self.fixture(name)
        let model = fixture.modelBytes
        let whole = try fixture.load()
        let text = String(decoding: model, as: UTF8.self)
        let end = try #require(text.firstRange(of: "end of trees"))
        let trees = text.utf8.distance(from: text.startIndex, to: end.lowerBound)
        // Only without `tree_sizes` may a forest end with any of its rounds.
        let isCounted = text.contains("tree_sizes=")
        for cut in 0..<min(model.count, trees + 40) {
            do throws(TreeEnsembleFault) {
                let found = try TreeEnsembleFormats.load(
                    fileName: "m", bytes: model.span.extracting(0..<cut), platform: LightGBMFormat.platform)
                let isPart = found == whole.keeping(iterations: 0..<found.iterationCount)
                #expect(isCounted ? found == whole && cut > trees - 20 : isPart, "\(cut) bytes")
            } catch {
                // The mark of the end itself may be cut too.
                let hasPlace = error.byteOffset.map { $0 <= cut } ?? false
                #expect(hasPlace && cut < trees + 12, "\(cut) bytes: \(error.message)")
                let isCutWithinTrees = isCounted && error.field.hasPrefix("Tree=")
                #expect(!isCutWithinTrees || error.reason == .truncated, "\(cut) bytes: \(error.message)")
            }
        }
    }
}
