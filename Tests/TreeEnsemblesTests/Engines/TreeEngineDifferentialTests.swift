import TestSupport
import Testing

@testable import TreeEnsembles

// Goal: every engine gives the reference evaluator's bits, on every instruction set that the machine has, whatever the
// batch. Method: random forests and rows; batches of many sizes are cut from the same rows, so that equality with the
// reference also shows that a row does not depend on its neighbours.
@Suite struct TreeEngineDifferentialTests {
    static let batchSizes = [
        1, 2, 3, 15, 16, 17, 63, 64, 65, 127, 128, 129, 255, 256, 257, 511, 512, 513, 1000,
    ]

    @Test(arguments: InstructionSet.allCases)
    func `random forests have the reference's margins and leaves`(_ instructionSet: InstructionSet) throws {
        guard instructionSet.isRunHere() else { return }
        var generator = SeededGenerator.forTest()
        for _ in 0..<60 {
            let forest = RandomForest.any(using: &generator)
            let ensemble = try forest.ensemble(using: &generator)
            let rows = forest.rows(70, of: ensemble, using: &generator)
            expectReferenceResults(ensemble, rows, [1, 2, 17, 64, 70], instructionSet)
        }
    }

    @Test(arguments: InstructionSet.allCases)
    func `every batch size gives a row the same margins`(_ instructionSet: InstructionSet) throws {
        guard instructionSet.isRunHere() else { return }
        var generator = SeededGenerator.forTest()
        for form in [TreeEnsemble.Form.nodes, .oblivious] {
            for precision in [TreeEnsemble.Precision.float32, .float64] {
                var forest = RandomForest(featureCount: 5, treeCount: 9, depth: 4)
                forest.form = form
                forest.sumPrecision = precision
                let ensemble = try forest.ensemble(using: &generator)
                let rows = forest.rows(1000, of: ensemble, using: &generator)
                expectReferenceResults(ensemble, rows, Self.batchSizes, instructionSet)
            }
        }
    }

    @Test(arguments: InstructionSet.allCases)
    func `trees of every depth give the reference's margins`(_ instructionSet: InstructionSet) throws {
        guard instructionSet.isRunHere() else { return }
        var generator = SeededGenerator.forTest()
        for depth in 0...10 {
            for form in [TreeEnsemble.Form.nodes, .oblivious] {
                for precision in [TreeEnsemble.Precision.float32, .float64] {
                    var forest = RandomForest(featureCount: 9, treeCount: 6, depth: depth, leafChance: 0)
                    forest.form = form
                    forest.sumPrecision = precision
                    let ensemble = try forest.ensemble(using: &generator)
                    let rows = forest.rows(66, of: ensemble, using: &generator)
                    expectReferenceResults(ensemble, rows, [3, 66], instructionSet)
                }
            }
        }
    }

    @Test(arguments: InstructionSet.allCases)
    func `trees grown leaf by leaf give the reference's margins in blocks of every size`(
        _ instructionSet: InstructionSet
    ) throws {
        guard instructionSet.isRunHere() else { return }
        var generator = SeededGenerator.forTest()
        for leafCount in [1, 2, 7, 8, 9, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257, 700] {
            var forest = RandomForest(featureCount: 11, treeCount: generator.int(in: 1...9))
            forest.leafCounts = [leafCount]
            forest.marginCount = generator.element(of: [1, 3])
            forest.sumPrecision = generator.element(of: [.float32, .float64])
            forest.comparison = generator.element(of: [.lessGoesLeft, .lessOrEqualGoesLeft])
            let ensemble = try forest.ensemble(using: &generator)
            let rows = forest.rows(520, of: ensemble, using: &generator)
            expectReferenceResults(ensemble, rows, [1, 8, 64, 100, 200, 520], instructionSet)
        }
    }

    @Test(arguments: InstructionSet.allCases)
    func `trees of one leaf and of many share a group of a block`(_ instructionSet: InstructionSet) throws {
        guard instructionSet.isRunHere() else { return }
        var generator = SeededGenerator.forTest()
        for precision in [TreeEnsemble.Precision.float32, .float64] {
            var forest = RandomForest(featureCount: 5, treeCount: 19)
            forest.leafCounts = [1, 200, 3, 256, 2, 1, 31, 9, 1, 1, 1, 1]
            forest.sumPrecision = precision
            let ensemble = try forest.ensemble(using: &generator)
            let rows = forest.rows(300, of: ensemble, using: &generator)
            expectReferenceResults(ensemble, rows, [1, 64, 300], instructionSet)
        }
    }

    @Test(arguments: InstructionSet.allCases)
    func `shallow and leaf-wise trees of one forest are summed in their order`(
        _ instructionSet: InstructionSet
    ) throws {
        guard instructionSet.isRunHere() else { return }
        var generator = SeededGenerator.forTest()
        for precision in [TreeEnsemble.Precision.float32, .float64] {
            let ensemble = try mixedForest(precision, using: &generator)
            let layout = try BitPlaneLayout(
                of: ensemble, columns: EngineColumns(of: ensemble),
                kernels: .forInstructionSet(instructionSet))
            #expect(!layout.freeNodes.isEmpty && !layout.planeOffsets.isEmpty)
            let rows = (0..<600).map { _ in Float.random(in: -1...1, using: &generator) }
            expectReferenceResults(ensemble, rows, [1, 64, 300], instructionSet)
        }
    }

    /// Four perfect trees, then four chains, twice.
    private func mixedForest(
        _ precision: TreeEnsemble.Precision, using generator: inout SeededGenerator
    ) throws -> TreeEnsemble {
        var builder = try TreeEnsembleBuilder(
            TreeEnsembleBuilder.Header(
                trainer: "mixed", task: .regression, featureCount: 2, comparison: .lessGoesLeft,
                sumPrecision: precision, summation: .baseFirst, link: .identity, baseMargins: [0.1]))
        for tree in 0..<16 {
            let isChain = tree / 4 % 2 == 1
            let splitCount = isChain ? 12 : 7
            try builder.startTree(slotCount: 2 * splitCount + 1)
            for node in 0...2 * splitCount {
                let left = isChain ? node + 1 : 2 * node + 1
                if isChain ? node % 2 == 0 && node < 2 * splitCount : node < splitCount {
                    try builder.numericalSplit(
                        node: node, feature: node % 2, threshold: Double(Float.random(in: -1...1, using: &generator)),
                        left: left, right: left + 1, missingGoesLeft: true)
                } else {
                    try builder.leaf(node: node, value: Double(Float.random(in: -1...1, using: &generator)))
                }
            }
            try builder.endTree()
        }
        return try builder.finish()
    }

    @Test(arguments: InstructionSet.allCases)
    func `single rows without missing values have the reference's margins`(_ instructionSet: InstructionSet) throws {
        guard instructionSet.isRunHere() else { return }
        var generator = SeededGenerator.forTest()
        for _ in 0..<60 {
            var forest = RandomForest.any(using: &generator)
            forest.marginCount = 1
            forest.depth = min(forest.depth, 6)
            let ensemble = try forest.ensemble(using: &generator)
            let rows = forest.rows(20, of: ensemble, areComplete: true, using: &generator)
            expectReferenceResults(ensemble, rows, [1, 3], instructionSet)
        }
    }

    @Test(arguments: [15, 16, 255, 256])
    func `complete rows around all thresholds of a feature have the reference's margins`(_ count: Int) throws {
        var generator = SeededGenerator.forTest()
        for treeCount in [1, 64, 65] {
            var forest = RandomForest(featureCount: 1, treeCount: treeCount, depth: 6, leafChance: 0)
            forest.thresholdCount = count
            let ensemble = try forest.ensemble(using: &generator)
            let rows = forest.rows(40, of: ensemble, areComplete: true, using: &generator)
            for instructionSet in InstructionSet.present {
                expectReferenceResults(ensemble, rows, [1], instructionSet)
            }
        }
    }

    @Test(arguments: [254, 255, 256, 257])
    func `many thresholds of one feature give the reference's margins`(_ thresholdCount: Int) throws {
        var generator = SeededGenerator.forTest()
        var forest = RandomForest(featureCount: 2, treeCount: 12, depth: 6, leafChance: 0)
        forest.thresholdCount = thresholdCount
        let ensemble = try forest.ensemble(using: &generator)
        let rows = forest.rows(100, of: ensemble, using: &generator)
        for instructionSet in InstructionSet.present {
            expectReferenceResults(ensemble, rows, [1, 100], instructionSet)
        }
    }

    @Test func `a chain of a thousand levels gives the reference's margins`() throws {
        var generator = SeededGenerator.forTest()
        var builder = try TreeEnsembleBuilder(
            TreeEnsembleBuilder.Header(
                trainer: "chain", task: .regression, featureCount: 1, comparison: .lessGoesLeft,
                sumPrecision: .float32, summation: .baseFirst, link: .identity, baseMargins: [0.5]))
        let levelCount = 1000
        try builder.startTree(slotCount: 2 * levelCount + 1)
        for level in 0..<levelCount {
            try builder.numericalSplit(
                node: 2 * level, feature: 0, threshold: Double(level), left: 2 * level + 1, right: 2 * level + 2,
                missingGoesLeft: level % 7 == 3)
            try builder.leaf(node: 2 * level + 1, value: Double(level))
        }
        try builder.leaf(node: 2 * levelCount, value: -1)
        try builder.endTree()
        let rows = (0..<40).map { _ in Float(generator.int(in: -2...levelCount + 2)) } + [.nan, .infinity]
        expectReferenceResults(try builder.finish(), rows, [42], InstructionSet.detect())
    }

    @Test func `margins behind the rows stay as they were`() throws {
        var generator = SeededGenerator.forTest()
        let forest = RandomForest()
        let ensemble = try forest.ensemble(using: &generator)
        let rows = forest.rows(100, of: ensemble, using: &generator)
        for engine in TreeEngines.compileAll(ensemble, instructionSet: .detect()) {
            var margins = [Double](repeating: 42, count: 100)
            var span = margins.mutableSpan
            engine.evaluate(rows: rows.span, rowCount: 77, scratch: engine.makeScratch(), margins: &span)
            #expect(margins[77...].allSatisfy { $0 == 42 })
        }
    }

    @Test(arguments: InstructionSet.allCases)
    func `a block of any number of rows gives a row the same margins`(_ instructionSet: InstructionSet) throws {
        guard instructionSet.isRunHere() else { return }
        var generator = SeededGenerator.forTest()
        for precision in [TreeEnsemble.Precision.float32, .float64] {
            var forest = RandomForest(featureCount: 5, treeCount: 9, depth: 5)
            forest.sumPrecision = precision
            let ensemble = try forest.ensemble(using: &generator)
            let rows = forest.rows(130, of: ensemble, using: &generator)
            let engine = try BitPlaneEngine(
                ensemble, columns: EngineColumns(of: ensemble), instructionSet: instructionSet,
                smallestBlockRowCount: 1)
            expectReferenceResults(ensemble, rows, [1, 2, 7, 33, 65, 130], engine)
        }
    }

    @Test func `blocks begin where they are no dearer than single rows`() throws {
        var generator = SeededGenerator.forTest()
        for instructionSet in InstructionSet.present {
            let ensemble = try RandomForest(treeCount: 20, depth: 6).ensemble(using: &generator)
            let engine = try BitPlaneEngine(
                ensemble, columns: EngineColumns(of: ensemble), instructionSet: instructionSet)
            #expect((2...64).contains(engine.smallestBlockRowCount))
        }
    }

    private func expectReferenceResults(
        _ ensemble: TreeEnsemble, _ rows: [Float], _ batchSizes: [Int], _ instructionSet: InstructionSet,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for engine in TreeEngines.compileAll(ensemble, instructionSet: instructionSet) {
            expectReferenceResults(ensemble, rows, batchSizes, engine, sourceLocation: sourceLocation)
        }
    }

    /// Compares an engine with the reference, batch by batch over all rows.
    private func expectReferenceResults(
        _ ensemble: TreeEnsemble, _ rows: [Float], _ batchSizes: [Int], _ engine: any TreeEngine,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let width = ensemble.featureCount
        let rowCount = rows.count / width
        let reference = ReferenceEvaluator(ensemble)
        let expectedRows = (0..<rowCount).map { Array(rows[$0 * width..<($0 + 1) * width]) }
        let expected = expectedRows.flatMap { reference.margins(of: $0) }.map(\.bitPattern)
        let expectedLeaves = expectedRows.flatMap { reference.leafNumbers(of: $0) }
        let name = "\(engine.name), \(engine.instructionSet.rawValue)"
        let scratch = engine.makeScratch()
        for batchSize in batchSizes {
            var found: [UInt64] = []
            for first in stride(from: 0, to: rowCount, by: batchSize) {
                let end = min(first + batchSize, rowCount)
                var margins = [Double](repeating: .nan, count: (end - first) * ensemble.marginCount)
                var span = margins.mutableSpan
                engine.evaluate(
                    rows: rows.span.extracting(first * width..<end * width), rowCount: end - first,
                    scratch: scratch, margins: &span)
                found += margins.map(\.bitPattern)
            }
            #expect(found == expected, "\(name), batches of \(batchSize)", sourceLocation: sourceLocation)
        }
        var leaves = [Int32](repeating: -1, count: rowCount * ensemble.treeCount)
        var span = leaves.mutableSpan
        engine.leafIndices(rows: rows.span, rowCount: rowCount, scratch: scratch, leaves: &span)
        #expect(leaves == expectedLeaves, "\(name), leaves", sourceLocation: sourceLocation)
    }
}

extension InstructionSet {
    /// Whether this machine has the instruction set; says so if it has not, since nothing is then tested.
    func isRunHere() -> Bool {
        if self <= .detect() { return true }
        print("skipped: this processor lacks \(rawValue)")
        return false
    }
}
