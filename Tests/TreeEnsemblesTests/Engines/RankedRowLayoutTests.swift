import CVectorPrimitives
import Testing

@testable import TreeEnsembles

// Goal: each limit of ranks is met and not crossed, and a forest gets the shape that its trees call for. Method:
// forests of chains, whose features, thresholds, levels and leaves are as many as wanted.
@Suite struct RankedRowLayoutTests {
    /// The shapes by the names that failures print.
    private enum Shape: String, CaseIterable {
        case perfect, oblivious, free, blocks

        init?(_ layout: RankedRowLayout?) {
            switch layout?.shape {
            case rowan_ranked_perfect: self = .perfect
            case rowan_ranked_oblivious: self = .oblivious
            case rowan_ranked_free: self = .free
            case rowan_ranked_blocks: self = .blocks
            default: return nil
            }
        }
    }

    private static func shape(_ ensemble: TreeEnsemble) -> Shape? {
        let columns = EngineColumns(of: ensemble)
        let shapes = [32, 64].map { laneCount in
            Shape(try? RankedRowLayout(of: ensemble, columns: columns, laneCount: laneCount))
        }
        #expect(shapes[0] == shapes[1])
        return shapes[0]
    }

    private static func builder(
        featureCount: Int, form: TreeEnsemble.Form = .nodes
    ) throws(TreeEnsembleFault) -> TreeEnsembleBuilder {
        try TreeEnsembleBuilder(
            TreeEnsembleBuilder.Header(
                trainer: "test", task: .regression, featureCount: featureCount, comparison: .lessGoesLeft,
                sumPrecision: .float32, summation: .baseFirst, link: .identity, baseMargins: [0]),
            form: form)
    }

    /// Adds a chain of right children that ask for a feature's thresholds one after the other.
    private static func addChain(
        _ conditions: ArraySlice<(feature: Int, threshold: Double)>, to builder: inout TreeEnsembleBuilder
    ) throws {
        try builder.startTree(slotCount: 2 * conditions.count + 1)
        for (level, condition) in conditions.enumerated() {
            try builder.numericalSplit(
                node: 2 * level, feature: condition.feature, threshold: condition.threshold, left: 2 * level + 1,
                right: 2 * level + 2, missingGoesLeft: false)
            try builder.leaf(node: 2 * level + 1, value: 1)
        }
        try builder.leaf(node: 2 * conditions.count, value: 1)
        try builder.endTree()
    }

    /// Chains of so many levels that ask every threshold of every feature.
    private static func chains(featureCount: Int, thresholdCount: Int, depth: Int) throws -> TreeEnsemble {
        var builder = try builder(featureCount: featureCount)
        let conditions = (0..<featureCount).flatMap { feature in
            (0..<thresholdCount).map { (feature: feature, threshold: Double($0)) }
        }
        for first in stride(from: 0, to: conditions.count, by: depth) {
            try addChain(conditions[first..<min(first + depth, conditions.count)], to: &builder)
        }
        return try builder.finish()
    }

    @Test(arguments: [EngineLimits.rankedFeatureCount, EngineLimits.rankedFeatureCount + 1])
    func `a forest of more features than ranks fit into registers is served without them`(_ count: Int) throws {
        let isRanked = try Self.shape(Self.chains(featureCount: count, thresholdCount: 1, depth: 6)) != nil
        #expect(isRanked == (count == EngineLimits.rankedFeatureCount))
    }

    @Test(arguments: [EngineLimits.rankedThresholdCount, EngineLimits.rankedThresholdCount + 1])
    func `a forest of more thresholds than a byte tells apart is laid out in blocks`(_ count: Int) throws {
        let shape = try Self.shape(Self.chains(featureCount: 2, thresholdCount: count, depth: 6))
        #expect(shape == (count == EngineLimits.rankedThresholdCount ? .free : .blocks))
    }

    @Test(arguments: [EngineLimits.rankedWideThresholdCount, EngineLimits.rankedWideThresholdCount + 1])
    func `a forest of more thresholds than two bytes tell apart is served without ranks`(_ count: Int) throws {
        let shape = try Self.shape(Self.chains(featureCount: 1, thresholdCount: count, depth: 400))
        #expect(shape == (count == EngineLimits.rankedWideThresholdCount ? .blocks : nil))
    }

    @Test(arguments: [EngineLimits.rankedLeafCount, EngineLimits.rankedLeafCount + 1])
    func `trees of more leaves than eight bytes have bits are laid out in blocks`(_ leafCount: Int) throws {
        let shape = try Self.shape(
            Self.chains(featureCount: 1, thresholdCount: leafCount - 1, depth: leafCount - 1))
        #expect(shape == (leafCount == EngineLimits.rankedLeafCount ? .free : .blocks))
    }

    @Test(arguments: [EngineLimits.rankedTreeDepth, EngineLimits.rankedTreeDepth + 1])
    func `trees of more than 32 leaves are walked by their answers if these are a word`(_ depth: Int) throws {
        var builder = try Self.builder(featureCount: 1)
        let splitCount = 1 << depth - 1
        try builder.startTree(slotCount: 2 * splitCount + 1)
        for node in 0...2 * splitCount {
            if node < splitCount {
                try builder.numericalSplit(
                    node: node, feature: 0, threshold: Double(node), left: 2 * node + 1, right: 2 * node + 2,
                    missingGoesLeft: true)
            } else {
                try builder.leaf(node: node, value: 1)
            }
        }
        try builder.endTree()
        #expect(Self.shape(try builder.finish()) == (depth == EngineLimits.rankedTreeDepth ? .perfect : .free))
    }

    @Test(arguments: [EngineLimits.rankedMissingWordCount, EngineLimits.rankedMissingWordCount + 1])
    func `a forest with more words of missing answers than are kept is laid out in blocks`(_ count: Int) throws {
        // 64 trees take a word of answers for each leaf of the largest one, whatever the lanes.
        let featureCount = 64
        let chain = (1..<EngineLimits.rankedLeafCount).map { (feature: $0 % featureCount, threshold: 0.0) }
        let wordCount = featureCount * EngineLimits.rankedLeafCount
        var builder = try Self.builder(featureCount: featureCount)
        for tree in 0..<64 * ((count + wordCount - 1) / wordCount) {
            try Self.addChain(tree % 64 == 0 ? chain[...] : [], to: &builder)
        }
        let shape = Self.shape(try builder.finish())
        #expect(shape == (count == EngineLimits.rankedMissingWordCount ? .free : .blocks))
    }

    @Test(arguments: [EngineLimits.rankedBlockCount, EngineLimits.rankedBlockCount + 1])
    func `a forest of more blocks than are kept is served without ranks`(_ count: Int) throws {
        // Thresholds force blocks: a chain takes one for each four levels, a leaf alone takes one.
        let chain = (0..<256).map { (feature: 0, threshold: Double($0)) }
        var builder = try Self.builder(featureCount: 1)
        try Self.addChain(chain[...], to: &builder)
        for _ in 0..<count - chain.count / 4 { try Self.addChain([], to: &builder) }
        let columns = EngineColumns(of: try builder.finish())
        let layout = try? RankedRowLayout(of: try builder.finish(), columns: columns, laneCount: 32)
        #expect(Shape(layout) == (count == EngineLimits.rankedBlockCount ? .blocks : nil))
    }

    @Test func `oblivious trees stand in lanes`() throws {
        var builder = try Self.builder(featureCount: 1, form: .oblivious)
        let split = TreeEnsembleBuilder.ObliviousSplit(feature: 0, threshold: 0.5, missingGoesLeft: true)
        try builder.obliviousTree(splits: [split, split], leafValues: [1, 2, 3, 4])
        #expect(Self.shape(try builder.finish()) == .oblivious)
    }
}
