import CVectorPrimitives
import TestSupport
import Testing

@testable import TreeEnsembles

/// Contributions are Shapley values by their definition, add up to the margin, and have the same bits everywhere.
@Suite struct ContributionEvaluatorTests {
    @Test(arguments: InstructionSet.allCases)
    func `contributions are Shapley values by their definition`(_ instructionSet: InstructionSet) throws {
        guard instructionSet.isRunHere() else { return }
        var generator = SeededGenerator.forTest()
        for _ in 0..<12 {
            var forest = RandomForest.anyRare(using: &generator)
            forest.hasCovers = true
            forest.treeCount = min(forest.treeCount, 6)
            forest.featureCount = min(forest.featureCount, 5)
            let ensemble = try forest.ensemble(using: &generator)
            let rows = forest.rows(18, of: ensemble, using: &generator)
            let evaluator = try ContributionEvaluator(ensemble, instructionSet: instructionSet, lanes: [.float64])
            let found = evaluator.contributions(of: rows)
            expectReference(found, ensemble, rows.map { Double($0) })
        }
    }

    @Test func `doubles are explained in full`() throws {
        var generator = SeededGenerator.forTest()
        for _ in 0..<12 {
            var forest = RandomForest.anyRare(using: &generator)
            forest.inputPrecision = .float64
            forest.hasCovers = true
            forest.treeCount = min(forest.treeCount, 6)
            forest.featureCount = min(forest.featureCount, 5)
            let ensemble = try forest.ensemble(using: &generator)
            let rows = forest.doubleRows(18, of: ensemble, using: &generator)
            let evaluator = try ContributionEvaluator(ensemble, instructionSet: .detect(), lanes: [.float64])
            expectReference(evaluator.contributions(of: rows), ensemble, rows)
        }
    }

    @Test func `contributions and the mean add up to the margin, also of deep trees`() throws {
        var generator = SeededGenerator.forTest()
        for (featureCount, depth) in [(3, 12), (40, 12), (200, 60)] {
            var forest = RandomForest(featureCount: featureCount, treeCount: 4, depth: depth, leafChance: 2)
            forest.hasCovers = true
            forest.sumPrecision = .float64
            let ensemble = try forest.ensemble(using: &generator)
            let rows = forest.rows(50, of: ensemble, using: &generator)
            expectSums(try ContributionEvaluator(ensemble, instructionSet: .detect()), ensemble, rows)
        }
    }

    @Test func `a chain as deep as trees may be is explained`() throws {
        let depth = 600
        let ensemble = try Self.chain(depth: depth, featureCount: depth)
        var generator = SeededGenerator.forTest()
        let rows = (0..<2 * depth).map { _ in Float.random(in: -1...1, using: &generator) }
        expectSums(try ContributionEvaluator(ensemble, instructionSet: .detect()), ensemble, rows)
    }

    @Test(arguments: [[ContributionLanes.float64], ContributionLanes.allCases])
    func `a row's contributions have the same bits on every instruction set and beside any rows`(
        _ lanes: [ContributionLanes]
    ) throws {
        var generator = SeededGenerator.forTest()
        var forest = RandomForest(featureCount: 37)
        forest.hasCovers = true
        // A forest for which floats are exact enough, as most are.
        var ensemble = try forest.ensemble(using: &generator)
        for _ in 0..<20 where try ContributionEvaluator(ensemble, instructionSet: .baseline).rounding == nil {
            ensemble = try forest.ensemble(using: &generator)
        }
        // More than a block of the widest vectors.
        let rowCount = 141
        let rows = forest.rows(rowCount, of: ensemble, using: &generator)
        let width = ensemble.featureCount
        var all: Set<[UInt64]> = []
        for instructionSet in InstructionSet.present {
            let evaluator = try ContributionEvaluator(ensemble, instructionSet: instructionSet, lanes: Set(lanes))
            #expect(evaluator.lanes(for: Double.self) == (lanes.count == 1 ? .float64 : .float32))
            all.insert(evaluator.contributions(of: rows).map(\.bitPattern))
            let alone = (0..<rowCount).flatMap {
                evaluator.contributions(of: Array(rows[$0 * width..<($0 + 1) * width]))
            }
            all.insert(alone.map(\.bitPattern))
        }
        #expect(all.count == 1)
    }

    @Test func `float32 contributions that doubles make are the float64 ones, rounded`() throws {
        var generator = SeededGenerator.forTest()
        var forest = RandomForest()
        forest.hasCovers = true
        let ensemble = try forest.ensemble(using: &generator)
        let rows = forest.rows(20, of: ensemble, using: &generator)
        let evaluator = try ContributionEvaluator(ensemble, instructionSet: .detect(), lanes: [.float64])
        #expect(evaluator.floatContributions(of: rows) == evaluator.contributions(of: rows).map { Float($0) })
    }

    @Test func `oblivious trees are explained by tables up to a depth, and walked beyond it`() throws {
        var generator = SeededGenerator.forTest()
        for depth in [ContributionLimits.obliviousDepth, ContributionLimits.obliviousDepth + 1] {
            var forest = RandomForest(featureCount: 6, treeCount: 2, depth: depth)
            forest.form = .oblivious
            forest.hasCovers = true
            forest.sumPrecision = .float64
            var ensemble = try forest.ensemble(using: &generator)
            while !(0..<2).contains(where: { ensemble.obliviousDepth(ofTree: $0) == depth }) {
                ensemble = try forest.ensemble(using: &generator)
            }
            let evaluator = try ContributionEvaluator(ensemble, instructionSet: .detect())
            #expect((evaluator.oblivious != nil) == (depth == ContributionLimits.obliviousDepth))
            expectSums(evaluator, ensemble, forest.rows(30, of: ensemble, using: &generator))
        }
    }

    @Test func `tables of oblivious trees have a limit`() throws {
        var generator = SeededGenerator.forTest()
        var forest = RandomForest(featureCount: 6, treeCount: 1, depth: 0)
        forest.form = .oblivious
        forest.hasCovers = true
        let ensemble = try forest.ensemble(using: &generator)
        func tables(_ limit: Int) -> ObliviousContributions? {
            ObliviousContributions(
                ensemble, originalFeatures: Array(0..<6), instructionSet: .baseline, valueLimit: limit)
        }
        // A tree of no split has no value.
        #expect(tables(0) != nil && tables(-1) == nil)
        #expect(ContributionLimits.obliviousValueCount >= ContributionLimits.obliviousDepth << 8)
    }

    @Test func `a forest that cannot be explained is refused with the reason`() throws {
        var generator = SeededGenerator.forTest()
        var forest = RandomForest()
        #expect(throws: ContributionRefusal.noCovers) {
            try ContributionEvaluator(try forest.ensemble(using: &generator), instructionSet: .baseline)
        }
        forest.hasCovers = true
        var ensemble = try forest.ensemble(using: &generator)
        ensemble.covers[1] = -1
        #expect(throws: ContributionRefusal.negativeCover) {
            try ContributionEvaluator(ensemble, instructionSet: .baseline)
        }
        #expect(ContributionRefusal.noCovers.message.contains("training rows"))
    }

    @Test func `a forest of too many nodes is refused`() throws {
        // Half of the nodes have children, and a step names these.
        #expect(ContributionLimits.nodeCount / 2 < 1 << (32 - Int(rowan_step_node_shift)))
        let ensemble = try Self.chain(depth: 4, featureCount: 4)
        #expect(throws: ContributionRefusal.limit(what: "nodes", value: 9, limit: 8)) {
            try ContributionEvaluator(ensemble, instructionSet: .baseline, nodeLimit: 8)
        }
        #expect(throws: Never.self) {
            try ContributionEvaluator(ensemble, instructionSet: .baseline, nodeLimit: 9)
        }
    }

    @Test func `a row of too many contributions is refused`() throws {
        let width = ContributionLimits.rowElementCount
        let ensemble = try Self.chain(depth: 1, featureCount: width)
        #expect(
            throws: ContributionRefusal.limit(what: "contributions of a row", value: width + 1, limit: width)
        ) {
            try ContributionEvaluator(ensemble, instructionSet: .baseline)
        }
        #expect(
            ContributionRefusal.limit(what: "contributions of a row", value: 9, limit: 8).message
                == "9 contributions of a row, limit 8")
    }

    /// A tree whose every right child is a leaf.
    private static func chain(depth: Int, featureCount: Int) throws -> TreeEnsemble {
        var builder = try TreeEnsembleBuilder(
            TreeEnsembleBuilder.Header(
                trainer: "chain", task: .regression, featureCount: featureCount, comparison: .lessGoesLeft,
                sumPrecision: .float64, summation: .baseFirst, link: .identity, baseMargins: [0.5]))
        try builder.startTree(slotCount: 2 * depth + 1)
        for level in 0..<depth {
            try builder.numericalSplit(
                node: 2 * level, feature: level, threshold: 0.5, left: 2 * level + 2, right: 2 * level + 1,
                missingGoesLeft: true, cover: Double(depth + 1 - level))
            try builder.leaf(node: 2 * level + 1, value: Double(level % 7), cover: 1)
        }
        try builder.leaf(node: 2 * depth, value: -1, cover: 1)
        try builder.endTree()
        return try builder.finish()
    }

    private func expectReference(
        _ found: [Double], _ ensemble: TreeEnsemble, _ rows: [Double],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let reference = ReferenceContributions(ensemble)
        let width = ensemble.featureCount
        let expected = stride(from: 0, to: rows.count, by: width).flatMap {
            reference.contributions(of: Array(rows[$0..<$0 + width]))
        }
        #expect(found.count == expected.count, sourceLocation: sourceLocation)
        for (found, expected) in zip(found, expected) where !(abs(found - expected) <= 1e-11) {
            Issue.record("\(found) instead of \(expected)", sourceLocation: sourceLocation)
            return
        }
    }

    private func expectSums(
        _ evaluator: ContributionEvaluator, _ ensemble: TreeEnsemble, _ rows: [Float],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let reference = ReferenceEvaluator(ensemble)
        let found = evaluator.contributions(of: rows)
        let width = ensemble.featureCount
        for row in 0..<rows.count / width {
            let margins = reference.margins(of: Array(rows[row * width..<(row + 1) * width]))
            for (margin, expected) in margins.enumerated() {
                let first = row * evaluator.rowElementCount + margin * (width + 1)
                let sum = found[first...first + width].reduce(0, +)
                #expect(abs(sum - expected) <= 1e-9, sourceLocation: sourceLocation)
            }
        }
    }
}

extension ContributionEvaluator {
    /// Contributions of float32 rows as float32.
    func floatContributions(of rows: [Float]) -> [Float] {
        let rowCount = rows.count / featureCount
        var contributions = [Float](repeating: .nan, count: rowCount * rowElementCount)
        var span = contributions.mutableSpan
        evaluate(rows: rows.span, rowCount: rowCount, scratch: makeScratch(), contributions: &span)
        return contributions
    }

    /// Contributions of float32 rows.
    func contributions(of rows: [Float]) -> [Double] {
        let rowCount = rows.count / featureCount
        var contributions = [Double](repeating: .nan, count: rowCount * rowElementCount)
        var span = contributions.mutableSpan
        evaluate(rows: rows.span, rowCount: rowCount, scratch: makeScratch(), contributions: &span)
        return contributions
    }

    /// Contributions of float64 rows.
    func contributions(of rows: [Double]) -> [Double] {
        let rowCount = rows.count / featureCount
        var contributions = [Double](repeating: .nan, count: rowCount * rowElementCount)
        var span = contributions.mutableSpan
        evaluate(rows: rows.span, rowCount: rowCount, scratch: makeScratch(), contributions: &span)
        return contributions
    }
}
