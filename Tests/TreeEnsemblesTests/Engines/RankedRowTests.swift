import TestSupport
import Testing

@testable import TreeEnsembles

// Goal: single rows by ranks have the reference's bits, on every instruction set that the machine has. Method: random
// forests of every shape of the kernels, with what lies at their borders: numbers of thresholds, features and leaves,
// of trees in a vector, trees that are leaves alone, and missing values.
@Suite struct RankedRowTests {
    private static func expectReferenceMargins(
        _ forest: RandomForest, areComplete: Bool = false, using generator: inout SeededGenerator,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let ensemble = try forest.ensemble(using: &generator)
        let width = ensemble.featureCount
        let rows = forest.rows(40, of: ensemble, areComplete: areComplete, using: &generator)
        let reference = ReferenceEvaluator(ensemble)
        let expected = (0..<40).flatMap { reference.margins(of: Array(rows[$0 * width..<($0 + 1) * width])) }
        for instructionSet in InstructionSet.present where instructionSet > .baseline {
            let engine = try RankedRowEngine(
                ensemble, columns: EngineColumns(of: ensemble), instructionSet: instructionSet)
            var margins = [Double](repeating: .nan, count: expected.count)
            var span = margins.mutableSpan
            engine.evaluate(rows: rows.span, rowCount: 40, scratch: engine.makeScratch(), margins: &span)
            let isEqual = margins.map(\.bitPattern) == expected.map(\.bitPattern)
            #expect(isEqual, "\(instructionSet.rawValue), \(forest)", sourceLocation: sourceLocation)
        }
    }

    @Test(arguments: [1, 31, 32, 33, 63, 64, 65, 100, 129])
    func `any number of trees in lanes is summed in order`(_ treeCount: Int) throws {
        var generator = SeededGenerator.forTest()
        for leafCount in [1, 2, 7, 8, 9, 10, 16, 17, 24, 25, 26, 31, 32, 33, 34, 63, 64, 65, 300] {
            var forest = RandomForest(featureCount: 5, treeCount: treeCount)
            forest.leafCounts = [leafCount]
            forest.thresholdCount = 50
            forest.marginCount = generator.element(of: [1, 3])
            forest.leavesAreVectors = forest.marginCount > 1 && generator.chance(oneIn: 2)
            forest.sumPrecision = generator.element(of: [.float32, .float64])
            try Self.expectReferenceMargins(forest, using: &generator)
        }
    }

    @Test(arguments: [1, 15, 16, 17, 31, 32, 33, 47, 48, 49, 63, 64])
    func `any number of features is found in its bank`(_ featureCount: Int) throws {
        var generator = SeededGenerator.forTest()
        for depth in [3, 6, 9] {
            for form in [TreeEnsemble.Form.nodes, .oblivious] {
                var forest = RandomForest(featureCount: featureCount, treeCount: 40, depth: depth)
                forest.form = form
                forest.depth = form == .oblivious ? min(depth, 8) : depth
                forest.thresholdCount = 20
                forest.sumPrecision = generator.element(of: [.float32, .float64])
                for areComplete in [false, true] {
                    try Self.expectReferenceMargins(forest, areComplete: areComplete, using: &generator)
                }
            }
        }
    }

    @Test(arguments: [1, 15, 16, 17, 240, 241, 254, 255, 256, 257, 4094, 4095, 4096, 4097, 9000])
    func `any number of thresholds is ranked`(_ thresholdCount: Int) throws {
        var generator = SeededGenerator.forTest()
        for leafCount in [30, 64, 2000] {
            var forest = RandomForest(featureCount: 2, treeCount: 1 + 2 * thresholdCount / leafCount)
            forest.leafCounts = [leafCount]
            forest.thresholdCount = thresholdCount
            forest.comparison = generator.element(of: [.lessGoesLeft, .lessOrEqualGoesLeft])
            forest.sumPrecision = generator.element(of: [.float32, .float64])
            try Self.expectReferenceMargins(forest, using: &generator)
        }
    }

    @Test func `forests of any shape, margins and leaves of several values have the reference's margins`() throws {
        var generator = SeededGenerator.forTest()
        for _ in 0..<80 {
            var forest = RandomForest.any(using: &generator)
            forest.featureCount = min(forest.featureCount, 64)
            forest.depth = min(forest.depth, 8)
            forest.leavesAreVectors = generator.chance(oneIn: 2)
            // Trees that are leaves alone have no form of their own.
            if forest.form == .oblivious && forest.leavesAreVectors { forest.depth = max(forest.depth, 2) }
            if forest.treeCount == 0 && forest.form == .oblivious { continue }
            try Self.expectReferenceMargins(forest, areComplete: generator.chance(oneIn: 3), using: &generator)
        }
    }

    @Test func `a row does not depend on the row before`() throws {
        var generator = SeededGenerator.forTest()
        for leafCount in [20, 60, 200] {
            var forest = RandomForest(featureCount: 3, treeCount: 70)
            forest.leafCounts = [leafCount]
            forest.thresholdCount = 40
            let ensemble = try forest.ensemble(using: &generator)
            let complete: [Float] = [0.25, -0.5, 0.75]
            let expected = ReferenceEvaluator(ensemble).margins(of: complete)
            let missing: [Float] = [.nan, .nan, .nan]
            for engine in TreeEngines.compileAll(ensemble, instructionSet: .detect()) {
                let scratch = engine.makeScratch()
                var margins = [Double](repeating: 0, count: 1)
                for row in [complete, missing, complete] {
                    var span = margins.mutableSpan
                    engine.evaluate(rows: row.span, rowCount: 1, scratch: scratch, margins: &span)
                }
                #expect(margins == expected, "\(engine.name)")
            }
        }
    }
}
