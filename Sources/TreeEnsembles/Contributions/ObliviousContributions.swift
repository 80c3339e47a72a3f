import LinuxSystem

/// The contributions of oblivious trees, leaf by leaf.
///
/// A tree of d splits answers each row with d bits, the leaf's number, and its contributions depend on nothing else:
/// they are computed once for each leaf, as rows of bits through the walk that other forests take, and then only looked
/// up.
///
/// - Layout: of each tree one value for each of its features, leaf by leaf; 3 KiB for a tree of six splits.
/// - Isolation: immutable; any thread.
final class ObliviousContributions: Sendable {
    private struct Tree {
        /// First of the tree's targets.
        var firstTarget: Int
        /// Different features, which are the values of a leaf.
        var featureCount: Int
        /// First value of leaf 0.
        var firstValue: Int
    }

    /// What the sums are, by their index.
    let targets: [ContributionLayout.Target]
    /// Mean of each margin over the training rows, before base and scale.
    let means: [Double]
    /// Finds leaves.
    let engine: TraversalEngine
    private let trees: [Tree]
    private let treeTargets: [Int]
    private let values: [Double]

    var tableByteCount: Int {
        engine.tableByteCount + trees.byteCount + treeTargets.byteCount + values.byteCount + targets.byteCount
            + means.byteCount
    }

    /// Computes the tables of a forest of oblivious trees with weights and leaves of one value, or nil if they would be
    /// too large.
    init?(
        _ forest: TreeEnsemble, originalFeatures: [Int], instructionSet: InstructionSet,
        valueLimit: Int = ContributionLimits.obliviousValueCount
    ) {
        guard forest.form == .oblivious, Self.valueCount(of: forest) <= valueLimit else { return nil }
        var (trees, treeTargets, values): ([Tree], [Int], [Double]) = ([], [], [])
        var targets: [ContributionLayout.Target] = []
        var indices: [ContributionLayout.Target: Int] = [:]
        var means = [Double](repeating: 0, count: forest.marginCount)
        for tree in 0..<forest.treeCount {
            let margin = Int(forest.treeMargins[tree])
            let splits = Int(forest.splitStarts[tree])..<Int(forest.splitStarts[tree + 1])
            guard splits.count <= ContributionLimits.obliviousDepth else { return nil }
            let asked = forest.splitFeatures[splits].map { originalFeatures[Int($0)] }
            let features = Set(asked).sorted()
            let (leaves, mean) = Self.contributions(
                ofTree: tree, of: forest, featureOfSplit: asked.map { features.firstIndex(of: $0) ?? 0 },
                featureCount: features.count, instructionSet: instructionSet)
            trees.append(
                Tree(firstTarget: treeTargets.count, featureCount: features.count, firstValue: values.count))
            values += leaves
            means[margin] += mean
            for feature in features {
                let target = ContributionLayout.Target(margin: margin, feature: feature)
                if indices[target] == nil {
                    indices[target] = targets.count
                    targets.append(target)
                }
                treeTargets.append(indices[target] ?? 0)
            }
        }
        self.trees = trees
        self.treeTargets = treeTargets
        self.values = values
        self.targets = targets
        self.means = means
        engine = TraversalEngine(forest, columns: EngineColumns(of: forest), instructionSet: instructionSet)
    }

    private static func valueCount(of forest: TreeEnsemble) -> Int {
        (0..<forest.treeCount).reduce(0) { $0 + forest.obliviousDepth(ofTree: $1) << forest.obliviousDepth(ofTree: $1) }
    }

    /// The contributions of one tree, leaf by leaf, and its mean.
    private static func contributions(
        ofTree tree: Int, of forest: TreeEnsemble, featureOfSplit: [Int], featureCount: Int,
        instructionSet: InstructionSet
    ) -> (leaves: [Double], mean: Double) {
        let depth = featureOfSplit.count
        let leafCount = 1 << depth
        let first = Int(forest.leafStarts[tree])
        do {
            var builder = try TreeEnsembleBuilder(
                TreeEnsembleBuilder.Header(
                    trainer: forest.trainer, task: .regression, featureCount: depth, comparison: .lessGoesLeft,
                    sumPrecision: .float64, summation: .baseFirst, link: .identity, baseMargins: [0]),
                form: .oblivious)
            try builder.obliviousTree(
                splits: (0..<depth).map {
                    TreeEnsembleBuilder.ObliviousSplit(feature: $0, threshold: 1, missingGoesLeft: true)
                },
                leafValues: Array(forest.leafValues[first..<first + leafCount]),
                leafWeights: Array(forest.leafWeights[first..<first + leafCount]))
            // Tables are computed once, in full.
            let evaluator = try ContributionEvaluator(
                try builder.finish(), instructionSet: instructionSet, nodeLimit: 2 << depth,
                originalFeatures: featureOfSplit, lanes: [.float64])
            let rows = (0..<leafCount).flatMap { leaf in (0..<depth).map { Float(leaf >> $0 & 1) } }
            var all = [Double](repeating: 0, count: leafCount * (depth + 1))
            var span = all.mutableSpan
            evaluator.evaluate(
                rows: rows.span, rowCount: leafCount, scratch: evaluator.makeScratch(), contributions: &span)
            let leaves = (0..<leafCount).flatMap { all[$0 * (depth + 1)..<$0 * (depth + 1) + featureCount] }
            return (leaves, all[depth])
        } catch {
            preconditionFailure("a tree of a checked forest: \(error)")
        }
    }

    /// Adds up the contributions of rows.
    ///
    /// - Shape: `leaves` has a number for every row and tree, `sums` a value for every row and target.
    func addUp(leaves: Span<Int32>, rowCount: Int, into sums: inout MutableSpan<Double>) {
        precondition(leaves.count >= rowCount * trees.count && sums.count >= rowCount * targets.count, "room for rows")
        for index in 0..<rowCount * targets.count { sums[index] = 0 }
        for row in 0..<rowCount {
            let (firstLeaf, firstSum) = (row * trees.count, row * targets.count)
            for (index, tree) in trees.enumerated() {
                let first = tree.firstValue &+ Int(leaves[firstLeaf &+ index]) &* tree.featureCount
                for offset in 0..<tree.featureCount {
                    sums[firstSum &+ treeTargets[tree.firstTarget &+ offset]] += values[first &+ offset]
                }
            }
        }
    }
}
