import TestSupport
import Testing

@testable import TreeEnsembles

@Suite struct BitPlaneEngineCalibrationTests {
    @Test(arguments: [
        // A block costs as much as 21 rows; one row more than that is cheaper as a block.
        (block: Int64(2100), singleRows: Int64(3200), rowCount: 21),
        (block: 2101, singleRows: 3200, rowCount: 22),
        (block: 1, singleRows: 3200, rowCount: 2),
        (block: 6400, singleRows: 3200, rowCount: 64),
        (block: 6401, singleRows: 3200, rowCount: 128),
        (block: 1 << 40, singleRows: 3200, rowCount: 128),
        (block: 2100, singleRows: 0, rowCount: 128),
    ])
    func `blocks begin where they cost no more than single rows`(_ block: Int64, _ singleRows: Int64, _ rowCount: Int) {
        #expect(BitPlaneEngine.rowsOfEqualCost(block: block, singleRows: singleRows) == rowCount)
    }

    @Test func `a measurement replaces the estimate and leaves margins as they are`() throws {
        var generator = SeededGenerator.forTest()
        let forest = RandomForest(treeCount: 20)
        let ensemble = try forest.ensemble(using: &generator)
        let rows = forest.rows(30, of: ensemble, using: &generator)
        let engine = try BitPlaneEngine(
            ensemble, columns: EngineColumns(of: ensemble), instructionSet: .detect(), smallestBlockRowCount: 64)
        let scratch = engine.makeScratch()
        // Rows that are single before the measurement and a block after it.
        func margins() -> [UInt64] {
            var margins = [Double](repeating: .nan, count: 30)
            var span = margins.mutableSpan
            engine.evaluate(rows: rows.span, rowCount: 30, scratch: scratch, margins: &span)
            return margins.map(\.bitPattern)
        }
        let before = margins()
        // The beginning; before a block, between, after 32 single rows; the end.
        var times = [0, 0, 2100, 5300, EngineLimits.calibrationNanoseconds]
        engine.calibrate { times.removeFirst() }
        #expect(engine.smallestBlockRowCount == 21)
        #expect(margins() == before)
    }

    @Test func `an engine in front of another lets that one measure itself`() throws {
        var generator = SeededGenerator.forTest()
        var forest = RandomForest(treeCount: 20)
        forest.inputPrecision = .float64
        let choice = TreeEngines.compile(try forest.ensemble(using: &generator), instructionSet: .detect())
        #expect(choice.engine is TranslatingEngine && choice.engine.name == BitPlaneEngine.name)
        var readings = 0
        choice.engine.calibrate {
            readings += 1
            return Int64(readings) * EngineLimits.calibrationNanoseconds
        }
        #expect(readings == 5)
    }

    @Test func `a forest without features has nothing to measure`() throws {
        var builder = try TreeEnsembleBuilder(
            TreeEnsembleBuilder.Header(
                trainer: "empty", task: .regression, featureCount: 0, comparison: .lessGoesLeft,
                sumPrecision: .float32, summation: .baseFirst, link: .identity, baseMargins: [0.5]))
        try builder.startTree(slotCount: 1)
        try builder.leaf(node: 0, value: 1)
        try builder.endTree()
        let ensemble = try builder.finish()
        let engine = try BitPlaneEngine(
            ensemble, columns: EngineColumns(of: ensemble), instructionSet: .detect())
        engine.calibrate {
            Issue.record("no time is taken")
            return 0
        }
    }
}
