import CVectorPrimitives

/// What a row costs each kernel, computed from a forest's shape: the batch size from which blocks pay.
///
/// The model is a sum over the parts of the work with one constant per part. Only ratios matter, and an error moves the
/// crossover by a few rows, around which both ways cost the same.
///
/// - Units: nanoseconds.
/// - Source: measured with `Benchmarks`, compiler 6.3.1: baseline and AVX-512 on the three sample models on Intel
///   Cascade Lake, AVX2 on the table's nine models on AMD Zen 3, ranked rows on these on AMD Zen 5; the constant of
///   AVX-512's nodes of free trees is an estimate from counts of instructions.
struct EngineCosts {
    /// One row, by the cheapest way.
    let row: Double
    /// The smallest block, which costs about the same for each number of rows up to its 64.
    let block: Double
    /// Whether walking the nodes of a tree is cheaper for one row than answering all questions first.
    let rowsAreWalked: Bool

    /// Leaves that a padded tree may have for each real one: up to here its selects cost less than handing rows down.
    static let paddedLeavesPerLeaf = 2.5

    /// Estimates the costs of a forest.
    init(
        _ layout: BitPlaneLayout, rankedRows: RankedRows?, of ensemble: TreeEnsemble,
        instructionSet: InstructionSet
    ) {
        let isOblivious = ensemble.form == .oblivious
        var levels = 0.0
        for tree in 0..<ensemble.treeCount { levels += Double(DraftTree.depth(ofTree: tree, of: ensemble)) }
        // Walks touch sixteen bytes per node, the row kernel two per node of the padded tree; both read leaves. Where
        // padding has eaten the difference, the walk is faster.
        let leafByteCount = ensemble.sumPrecision == .float32 ? 4 : 8
        let answeredBytes =
            layout.answerPlaces.count * 2 + layout.leaves.count * 8 + layout.vectorThresholds.count * 4
        let walkedBytes = ensemble.nodeCount * 16 + ensemble.leafCount * leafByteCount
        rowsAreWalked =
            !layout.servesRows || !isOblivious && Double(answeredBytes) > 0.75 * Double(walkedBytes)
        if let rankedRows {
            let constants = RankedRowConstants.of(instructionSet)
            row =
                Double(rankedRows.columnCount) * constants.column + Double(ensemble.treeCount) * constants.tree
                + Double(rankedRows.answerWordCount) * constants.word + Double(rankedRows.blockCount) * constants.block
        } else if rowsAreWalked {
            row = levels * 1.7
        } else {
            row = levels * (isOblivious ? 0.9 : 1.4) + Double(layout.vectorColumns.count)
        }
        var selects = 0.0
        for group in layout.groups where group.shape == rowan_plane_perfect {
            selects += Double(group.tree_count) * Double(1 << group.depth)
        }
        let constants = BlockConstants.of(instructionSet)
        block =
            Double(layout.thresholds.count) * constants.condition + selects * constants.select
            + Double(layout.freeNodes.count) * constants.freeNode + Double(ensemble.treeCount) * constants.tree
    }

    /// What the parts of a ranked row cost.
    private struct RankedRowConstants {
        var column: Double
        var tree: Double
        /// 64 answers.
        var word: Double
        /// Four levels of a tree.
        var block: Double

        static func of(_ instructionSet: InstructionSet) -> RankedRowConstants {
            switch instructionSet {
            case .baseline, .v3: RankedRowConstants(column: 1.5, tree: 0.7, word: 1.5, block: 1.8)
            case .v4, .vbmi: RankedRowConstants(column: 1.5, tree: 0.7, word: 0.9, block: 1.3)
            }
        }
    }

    /// What the parts of the smallest block cost.
    private struct BlockConstants {
        var condition: Double
        var select: Double
        var freeNode: Double
        var tree: Double

        static func of(_ instructionSet: InstructionSet) -> BlockConstants {
            switch instructionSet {
            case .baseline: BlockConstants(condition: 3.6, select: 1.4, freeNode: 3.4, tree: 63)
            case .v3: BlockConstants(condition: 0.7, select: 1.2, freeNode: 3.4, tree: 40)
            case .v4, .vbmi: BlockConstants(condition: 0.5, select: 0.8, freeNode: 2.5, tree: 37)
            }
        }
    }

    /// Rows from which a block is cheaper than as many single rows; at most those of the smallest block.
    var smallestBlockRowCount: Int {
        let ratio = block / max(row, 1)
        return Int(min(max(ratio.rounded(.up), 2), 64))
    }
}
