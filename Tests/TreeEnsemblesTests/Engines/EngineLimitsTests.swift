import Testing

@testable import TreeEnsembles

// Each limit of EngineLimits is met and not crossed. Depth and number of conditions: `TreeEngineFixtureTests`; those of
// ranks: `RankedRowLayoutTests`.
@Suite struct EngineLimitsTests {
    private static func builder(
        featureCount: Int, form: TreeEnsemble.Form = .nodes
    ) throws(TreeEnsembleFault) -> TreeEnsembleBuilder {
        try TreeEnsembleBuilder(
            TreeEnsembleBuilder.Header(
                trainer: "test", task: .regression, featureCount: featureCount, comparison: .lessGoesLeft,
                sumPrecision: .float32, summation: .baseFirst, link: .identity, baseMargins: [0]),
            form: form)
    }

    /// Trees of one shape, a chain of right children, that ask all conditions, the last ones again if need be.
    private static func chains(
        _ conditions: [(feature: Int, threshold: Double)], depth: Int
    ) throws(TreeEnsembleFault) -> TreeEnsemble {
        var builder = try builder(featureCount: (conditions.map(\.feature).max() ?? 0) + 1)
        for first in stride(from: 0, to: conditions.count, by: depth) {
            try builder.startTree(slotCount: 2 * depth + 1)
            for level in 0..<depth {
                let condition = conditions[min(first + level, conditions.count - 1)]
                try builder.numericalSplit(
                    node: 2 * level, feature: condition.feature, threshold: condition.threshold, left: 2 * level + 1,
                    right: 2 * level + 2, missingGoesLeft: false)
                try builder.leaf(node: 2 * level + 1, value: 1)
            }
            try builder.leaf(node: 2 * depth, value: 1)
            try builder.endTree()
        }
        return try builder.finish()
    }

    /// Why bit planes do not serve a forest; nil if they do.
    private static func refusal(_ ensemble: TreeEnsemble) -> EngineRefusal.Reason? {
        let choice = TreeEngines.compile(ensemble, instructionSet: .baseline)
        #expect(choice.refusals.isEmpty == (choice.engine.name == BitPlaneEngine.name))
        return choice.refusals.first?.reason
    }

    @Test func `rows of a forest with more answers than have places are walked`() throws {
        // A column with one condition takes sixteen answers; one more answer is always no.
        let columnCount = (EngineLimits.answerCount - 1) / 16
        let conditions = (0...columnCount).map { (feature: $0, threshold: 0.5) }
        #expect(try Self.servesRows(try Self.chains(conditions.dropLast(), depth: 1)))
        #expect(try !Self.servesRows(try Self.chains(conditions, depth: 1)))
    }

    private static func servesRows(_ ensemble: TreeEnsemble) throws -> Bool {
        try BitPlaneLayout(
            of: ensemble, columns: EngineColumns(of: ensemble), kernels: .forInstructionSet(.baseline)
        ).servesRows
    }

    @Test(arguments: [(1, 512), (37, 440), (2000, 8), (1 << 20, 8)])
    func `rows that are walked together are whole eights whose columns stay in a cache`(
        _ columnCount: Int, _ rowCount: Int
    ) {
        #expect(TraversalEngine.blockRowCapacity(columnCount: columnCount) == rowCount)
        #expect(rowCount == 8 || rowCount * columnCount * 4 <= EngineLimits.walkedBlockByteCount)
    }

    @Test func `leaves are limited after padding`() throws {
        let depth = EngineLimits.planeTreeDepth
        let treeCount = EngineLimits.paddedLeafCount >> depth
        let splits = Array(
            repeating: TreeEnsembleBuilder.ObliviousSplit(feature: 0, threshold: 0.5, missingGoesLeft: true),
            count: depth)
        let leaves = [Double](repeating: 1, count: 1 << depth)
        var builder = try Self.builder(featureCount: 1, form: .oblivious)
        for _ in 0..<treeCount { try builder.obliviousTree(splits: splits, leafValues: leaves) }
        #expect(Self.refusal(try builder.finish()) == nil)
        // A leaf alone is padded to a vector of them.
        try builder.obliviousTree(splits: [], leafValues: [1])
        let limit = EngineLimits.paddedLeafCount
        #expect(
            Self.refusal(try builder.finish())
                == .limit(what: "leaves after padding", value: limit + 16, limit: limit))
    }
}
