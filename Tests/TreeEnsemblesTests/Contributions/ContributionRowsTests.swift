import TestSupport
import Testing

@testable import TreeEnsembles

/// Rows that are walked alone, with nodes side by side, have the bits of rows that are walked in blocks.
@Suite struct ContributionRowsTests {
    @Test(arguments: InstructionSet.allCases)
    func `few rows have the bits of many`(_ instructionSet: InstructionSet) throws {
        guard instructionSet.isRunHere() else { return }
        var generator = SeededGenerator.forTest()
        // Features that are asked for again and again, walks of more points than one carries, and stumps.
        let shapes = [(7, 20, 6), (37, 60, 6), (3, 40, 12), (40, 30, 12), (130, 3, 25), (5, 40, 1), (4, 9, 2)]
        for (featureCount, treeCount, depth) in shapes {
            var forest = RandomForest(featureCount: featureCount, treeCount: treeCount, depth: depth, leafChance: 4)
            forest.hasCovers = true
            let ensemble = try forest.ensemble(using: &generator)
            let rows = forest.rows(70, of: ensemble, using: &generator)
            for lanes in [ContributionLanes.float32, .float64] {
                let evaluator = try ContributionEvaluator(ensemble, instructionSet: instructionSet, lanes: [lanes])
                expectSame(evaluator, rows)
            }
        }
    }

    @Test func `few rows of any forest have the bits of many`() throws {
        var generator = SeededGenerator.forTest()
        for _ in 0..<12 {
            var forest = RandomForest.anyRare(using: &generator)
            forest.hasCovers = true
            let ensemble = try forest.ensemble(using: &generator)
            let rows = forest.rows(70, of: ensemble, using: &generator)
            expectSame(try ContributionEvaluator(ensemble, instructionSet: .detect()), rows)
        }
    }

    @Test func `every kind of lanes that serves an output walks rows alone`() throws {
        var generator = SeededGenerator.forTest()
        var forest = RandomForest(featureCount: 37, treeCount: 60, depth: 6, leafChance: 4)
        forest.hasCovers = true
        for precision in [TreeEnsemble.Precision.float32, .float64] {
            forest.sumPrecision = precision
            let evaluator = try ContributionEvaluator(
                try forest.ensemble(using: &generator), instructionSet: .detect())
            let lanes = [evaluator.lanes(for: Float.self), evaluator.lanes(for: Double.self)]
            #expect((evaluator.floatRows != nil) == lanes.contains(.float32))
            #expect((evaluator.doubleRows != nil) == lanes.contains(.float64))
            let rows = [evaluator.floatRows, evaluator.doubleRows].compactMap { $0 }
            #expect(rows.allSatisfy { $0.rowLimit >= 1 && $0.rowLimit < $0.forest.blockRowCount($0.lanes) })
        }
    }

    @Test func `rows of a forest of too many nodes are walked in blocks`() throws {
        var generator = SeededGenerator.forTest()
        var forest = RandomForest(featureCount: 7, treeCount: 20, depth: 6, leafChance: 4)
        forest.hasCovers = true
        let evaluator = try ContributionEvaluator(
            try forest.ensemble(using: &generator), instructionSet: .detect(), lanes: [.float64])
        let count = try #require(evaluator.doubleRows).contributionCount
        #expect(count <= ContributionLimits.rowContributionCount)
        for (limit, isNil) in [(count, false), (count - 1, true), (0, true)] {
            let rows = ContributionRows(of: evaluator.forest, .float64, contributionLimit: limit)
            #expect((rows == nil) == isNil, "limit \(limit)")
        }
        #expect(ContributionLimits.rowContributionCount * MemoryLayout<Double>.stride == 4 << 20)
    }

    private func expectSame(
        _ evaluator: ContributionEvaluator, _ rows: [Float], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let width = evaluator.featureCount
        let together = evaluator.contributions(of: rows).map(\.bitPattern)
        let alone = (0..<rows.count / width).flatMap {
            evaluator.contributions(of: Array(rows[$0 * width..<($0 + 1) * width])).map(\.bitPattern)
        }
        #expect(alone == together, sourceLocation: sourceLocation)
        let floats = evaluator.floatContributions(of: rows).map(\.bitPattern)
        let floatsAlone = (0..<rows.count / width).flatMap {
            evaluator.floatContributions(of: Array(rows[$0 * width..<($0 + 1) * width])).map(\.bitPattern)
        }
        #expect(floatsAlone == floats, sourceLocation: sourceLocation)
    }
}
