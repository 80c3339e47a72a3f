import Testing

@testable import TreeEnsembles

// Each limit of EngineLimits is met and not crossed. Depth and number of conditions: `TreeEngineFixtureTests`.
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

    @Test(arguments: [
        (features: EngineLimits.rankedFeatureCount, thresholds: 1, depth: EngineLimits.rankedTreeDepth, fits: true),
        (features: EngineLimits.rankedFeatureCount + 1, thresholds: 1, depth: 6, fits: false),
        (features: 2, thresholds: EngineLimits.rankedThresholdCount, depth: 6, fits: true),
        (features: 2, thresholds: EngineLimits.rankedThresholdCount + 1, depth: 6, fits: false),
    ])
    func `a forest beyond a limit of ranks is served without them`(
        features: Int, thresholds: Int, depth: Int, fits: Bool
    ) throws {
        let conditions = (0..<features).flatMap { feature in
            (0..<thresholds).map { (feature: feature, threshold: Double($0)) }
        }
        let ensemble = try Self.chains(conditions, depth: depth)
        #expect(Self.isRanked(ensemble) == fits)
        #expect(Self.refusal(ensemble) == nil)
    }

    @Test(arguments: [(EngineLimits.rankedLeafCount - 1, true), (EngineLimits.rankedLeafCount, false)])
    func `a tree of more leaves than a word has bits is served without ranks`(_ depth: Int, _ fits: Bool) throws {
        #expect(
            Self.isRanked(try Self.chains((0..<depth).map { (feature: 0, threshold: Double($0)) }, depth: depth))
                == fits)
    }

    @Test(arguments: [(true, 0), (false, 1)])
    func `a forest with more words of missing answers than are kept is served without ranks`(
        _ fits: Bool, _ more: Int
    ) throws {
        // A tree of 32 leaves has 31 questions, four to a word; its group's other trees are single leaves.
        let featureCount = 64
        let groupCount = EngineLimits.rankedMissingWordCount / featureCount / 8 + more
        var builder = try TreeEnsembleBuilder(
            TreeEnsembleBuilder.Header(
                trainer: "wide", task: .regression, featureCount: featureCount, comparison: .lessGoesLeft,
                sumPrecision: .float32, summation: .baseFirst, link: .identity, baseMargins: [0]))
        for tree in 0..<groupCount * 16 {
            let splitCount = tree % 16 == 0 ? 31 : 0
            try builder.startTree(slotCount: 2 * splitCount + 1)
            for split in 0..<splitCount {
                try builder.numericalSplit(
                    node: 2 * split, feature: (tree / 16 + split) % featureCount, threshold: 0, left: 2 * split + 1,
                    right: 2 * split + 2, missingGoesLeft: true)
                try builder.leaf(node: 2 * split + 1, value: 1)
            }
            try builder.leaf(node: 2 * splitCount, value: 1)
            try builder.endTree()
        }
        #expect(Self.isRanked(try builder.finish()) == fits)
    }

    private static func isRanked(_ ensemble: TreeEnsemble) -> Bool {
        (try? RankedRowLayout(of: ensemble, columns: EngineColumns(of: ensemble))) != nil
    }
}
