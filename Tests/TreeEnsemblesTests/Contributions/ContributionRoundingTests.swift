import TestSupport
import Testing

@testable import TreeEnsembles

/// Float32 lanes keep to a fifth of what is promised, and leave to doubles the rows of which they cannot.
@Suite struct ContributionRoundingTests {
    @Test(arguments: InstructionSet.allCases)
    func `float32 lanes stay beside float64 lanes`(_ instructionSet: InstructionSet) throws {
        guard instructionSet.isRunHere() else { return }
        var generator = SeededGenerator.forTest()
        var (floatCount, greatest) = (0, 0.0)
        for (featureCount, treeCount, depth) in [(7, 20, 6), (37, 60, 6), (3, 40, 12), (40, 12, 12), (130, 3, 25)] {
            var forest = RandomForest(featureCount: featureCount, treeCount: treeCount, depth: depth, leafChance: 4)
            forest.hasCovers = true
            let ensemble = try forest.ensemble(using: &generator)
            let rows = forest.rows(70, of: ensemble, using: &generator)
            let pair = try Pair(ensemble, instructionSet)
            if pair.rounded.rounding != nil { floatCount += 1 }
            greatest = max(greatest, pair.greatestShare(rows))
        }
        print(
            "\(instructionSet): float32 lanes of \(floatCount) of 5 forests, at most \(greatest) of the largest value")
        #expect(floatCount >= 1)
        // Float32 lanes have been at work, and none has gone beyond what a row is promised by them.
        #expect(greatest > 1e-9 && greatest <= ContributionRounding.tolerance)
    }

    @Test func `a forest whose trees cancel is explained as doubles`() throws {
        let ensemble = try Self.stumps([(1000, -3000), (-500, 1500), (-500.0007, 1500.0013)])
        let pair = try Pair(ensemble, .detect())
        #expect(pair.rounded.rounding == nil)
        #expect(pair.greatestShare([0, 1]) == 0)
    }

    @Test(arguments: InstructionSet.allCases)
    func `rows of small contributions are explained again as doubles`(_ instructionSet: InstructionSet) throws {
        guard instructionSet.isRunHere() else { return }
        // Nearly all training rows went right everywhere: rows that do differ little from the mean, which is zero.
        let leaves = (0..<6).map { (0.1 * Double($0) + 0.3, 0.7 - Double($0)) }
        let mean = leaves.reduce(0) { $0 + ($1.0 + $1.1 * 1e6) / (1 + 1e6) }
        let ensemble = try Self.stumps(leaves, featureCount: 6, covers: (1, 1e6), base: -mean)
        let pair = try Pair(ensemble, instructionSet)
        let rounding = try #require(pair.rounded.rounding)
        #expect(!rounding.isSmall(beside: 1e-5, ofMargin: 0) && rounding.isSmall(beside: 1, ofMargin: 0))
        // More of each than a vector has, in turn.
        let small = [Float](repeating: 1, count: 6)
        let large = small.indices.map { Float($0 % 2) }
        let rows = (0..<70).flatMap { $0 % 3 == 0 ? large : small }
        let (found, exact) = (pair.rounded.contributions(of: rows), pair.exact.contributions(of: rows))
        for row in 0..<70 {
            let cells = row * 7..<row * 7 + 7
            #expect((found[cells] == exact[cells]) == (row % 3 != 0), "row \(row)")
        }
        #expect(pair.greatestShare(rows) <= ContributionRounding.tolerance)
    }

    @Test func `the bound is compared with the largest contribution`() throws {
        let rounding = try #require(try Pair(try Self.stumps([(0.1, 3), (0.3, 7.7)]), .detect()).rounded.rounding)
        let least = rounding.bounds[0] / ContributionRounding.tolerance
        #expect(least > 0 && rounding.isSmall(beside: least * 1.01, ofMargin: 0))
        #expect(!rounding.isSmall(beside: least * 0.99, ofMargin: 0))
        #expect(!rounding.isSmall(beside: .nan, ofMargin: 0))
    }

    @Test func `leaves that float32 does not have are explained as doubles`() throws {
        for leaves in [(1e300, -1e300), (1e39, 0), (1e-300, 3e-300)] {
            let ensemble = try Self.stumps([leaves], sumPrecision: .float64)
            let evaluator = try ContributionEvaluator(ensemble, instructionSet: .detect())
            #expect(evaluator.rounding == nil && evaluator.lanes(for: Float.self) == .float64)
        }
    }

    @Test func `float32 lanes serve outputs of float32, and all of a trainer that sums float32`() throws {
        for precision in [TreeEnsemble.Precision.float32, .float64] {
            let evaluator = try ContributionEvaluator(
                try Self.stumps([(0.1, 3), (0.3, 7.7)], sumPrecision: precision), instructionSet: .detect())
            #expect(evaluator.lanes(for: Float.self) == .float32)
            #expect(evaluator.lanes(for: Double.self) == (precision == .float32 ? .float32 : .float64))
        }
    }

    /// A forest explained with both kinds of lanes and with doubles alone.
    private struct Pair {
        let rounded: ContributionEvaluator
        let exact: ContributionEvaluator

        init(_ ensemble: TreeEnsemble, _ instructionSet: InstructionSet) throws {
            rounded = try ContributionEvaluator(ensemble, instructionSet: instructionSet)
            exact = try ContributionEvaluator(ensemble, instructionSet: instructionSet, lanes: [.float64])
        }

        /// The greatest difference as a share of the largest value of its row and margin.
        func greatestShare(_ rows: [Float]) -> Double {
            let (found, expected) = (rounded.contributions(of: rows), exact.contributions(of: rows))
            let width = exact.featureCount + 1
            return stride(from: 0, to: expected.count, by: width).map { first in
                let cells = first..<first + width
                let largest = expected[cells].map { abs($0) }.max() ?? 0
                let difference = cells.map { abs(found[$0] - expected[$0]) }.max() ?? 0
                return difference == 0 ? 0 : difference / largest
            }.max() ?? 0
        }
    }

    /// Trees of one split, which ask for the features in turn.
    private static func stumps(
        _ leaves: [(Double, Double)], featureCount: Int = 1, covers: (Double, Double) = (1, 2), base: Double = 0,
        sumPrecision: TreeEnsemble.Precision = .float32
    ) throws -> TreeEnsemble {
        var builder = try TreeEnsembleBuilder(
            TreeEnsembleBuilder.Header(
                trainer: "stumps", task: .regression, featureCount: featureCount, comparison: .lessGoesLeft,
                sumPrecision: sumPrecision, summation: .baseFirst, link: .identity, baseMargins: [base]))
        for (index, leaves) in leaves.enumerated() {
            try builder.startTree(slotCount: 3)
            try builder.numericalSplit(
                node: 0, feature: index % featureCount, threshold: 0.5, left: 1, right: 2, missingGoesLeft: true,
                cover: covers.0 + covers.1)
            for (node, value, cover) in [(1, leaves.0, covers.0), (2, leaves.1, covers.1)] {
                let kept = sumPrecision == .float32 ? Double(Float(value)) : value
                try builder.leaf(node: node, value: kept, cover: cover)
            }
            try builder.endTree()
        }
        return try builder.finish()
    }
}
