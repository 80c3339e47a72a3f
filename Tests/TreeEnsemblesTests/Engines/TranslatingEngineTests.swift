import TestSupport
import Testing

@testable import TreeEnsembles

/// Forests that engines do not take as they are give the reference's margins and leaves all the same.
@Suite struct TranslatingEngineTests {
    @Test(arguments: InstructionSet.allCases)
    func `forests with rarities have the reference's margins and leaves`(_ instructionSet: InstructionSet) throws {
        guard instructionSet.isRunHere() else { return }
        var generator = SeededGenerator.forTest()
        for _ in 0..<40 {
            var forest = RandomForest.anyRare(using: &generator)
            if generator.chance(oneIn: 4) { forest.summation = generator.element(of: [.least, .greatest]) }
            let ensemble = try forest.ensemble(using: &generator)
            let rows = forest.rows(70, of: ensemble, using: &generator)
            for engine in TreeEngines.compileAll(ensemble, instructionSet: instructionSet) {
                expectReference(ensemble, rows.map { Double($0) }, engine) { range, margins, leaves in
                    let scratch = engine.makeScratch()
                    let batch = rows.span.extracting(range)
                    let count = range.count / ensemble.featureCount
                    engine.evaluate(rows: batch, rowCount: count, scratch: scratch, margins: &margins)
                    engine.leafIndices(rows: batch, rowCount: count, scratch: scratch, leaves: &leaves)
                }
            }
        }
    }

    @Test(arguments: InstructionSet.allCases)
    func `rows of doubles have the reference's margins and leaves`(_ instructionSet: InstructionSet) throws {
        guard instructionSet.isRunHere() else { return }
        var generator = SeededGenerator.forTest()
        for _ in 0..<40 {
            var forest = RandomForest.anyRare(using: &generator)
            forest.inputPrecision = .float64
            if generator.chance(oneIn: 4) { forest.summation = generator.element(of: [.least, .greatest]) }
            let ensemble = try forest.ensemble(using: &generator)
            let rows = forest.doubleRows(70, of: ensemble, using: &generator)
            for engine in TreeEngines.compileAll(ensemble, instructionSet: instructionSet) {
                let engine = try #require(engine as? any WideTreeEngine)
                expectReference(ensemble, rows, engine) { range, margins, leaves in
                    let scratch = engine.makeScratch()
                    let batch = rows.span.extracting(range)
                    let count = range.count / ensemble.featureCount
                    engine.evaluate(rows: batch, rowCount: count, scratch: scratch, margins: &margins)
                    engine.leafIndices(rows: batch, rowCount: count, scratch: scratch, leaves: &leaves)
                }
            }
        }
    }

    @Test func `thresholds that share a float32 are kept apart`() throws {
        var builder = try TreeEnsembleBuilder(
            TreeEnsembleBuilder.Header(
                trainer: "close", task: .regression, featureCount: 1, comparison: .lessOrEqualGoesLeft,
                inputPrecision: .float64, sumPrecision: .float64, summation: .baseFirst, link: .identity,
                baseMargins: [0]))
        let thresholds = (0..<5).map { 0.1 + Double($0) * 1e-12 }
        for (index, threshold) in thresholds.enumerated() {
            try builder.startTree(slotCount: 3)
            try builder.numericalSplit(
                node: 0, feature: 0, threshold: threshold, left: 1, right: 2, missingGoesLeft: index % 2 == 0)
            try builder.leaf(node: 1, value: 0)
            try builder.leaf(node: 2, value: Double(1 << index))
            try builder.endTree()
        }
        let ensemble = try builder.finish()
        #expect(ensemble.translated()?.rows.columns.count == 5)
        let choice = TreeEngines.compile(ensemble, instructionSet: .detect())
        let engine = try #require(choice.engine as? any WideTreeEngine)
        let rows = thresholds.flatMap { [$0.nextDown, $0, $0.nextUp] } + [.nan]
        var margins = [Double](repeating: -1, count: rows.count)
        var span = margins.mutableSpan
        engine.evaluate(rows: rows.span, rowCount: rows.count, scratch: engine.makeScratch(), margins: &span)
        #expect(margins == [0, 0, 1, 1, 1, 3, 3, 3, 7, 7, 7, 15, 15, 15, 31, 10])
    }

    private func expectReference(
        _ ensemble: TreeEnsemble, _ rows: [Double], _ engine: any TreeEngine,
        _ evaluate: (Range<Int>, inout MutableSpan<Double>, inout MutableSpan<Int32>) -> Void,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let width = ensemble.featureCount
        let rowCount = rows.count / width
        let reference = ReferenceEvaluator(ensemble)
        let expected = (0..<rowCount).map { Array(rows[$0 * width..<($0 + 1) * width]) }
        let expectedMargins = expected.flatMap { reference.margins(of: $0) }.map(\.bitPattern)
        let expectedLeaves = expected.flatMap { reference.leafNumbers(of: $0) }
        let name = "\(engine.name), \(engine.instructionSet.rawValue)"
        for batchSize in [1, 2, 33, rowCount] {
            var foundMargins: [UInt64] = []
            var foundLeaves: [Int32] = []
            for first in stride(from: 0, to: rowCount, by: batchSize) {
                let end = min(first + batchSize, rowCount)
                var margins = [Double](repeating: .nan, count: (end - first) * ensemble.marginCount)
                var leaves = [Int32](repeating: -1, count: (end - first) * ensemble.treeCount)
                var marginSpan = margins.mutableSpan
                var leafSpan = leaves.mutableSpan
                evaluate(first * width..<end * width, &marginSpan, &leafSpan)
                foundMargins += margins.map(\.bitPattern)
                foundLeaves += leaves
            }
            #expect(foundMargins == expectedMargins, "\(name), batches of \(batchSize)", sourceLocation: sourceLocation)
            #expect(foundLeaves == expectedLeaves, "\(name), leaves", sourceLocation: sourceLocation)
        }
    }
}
