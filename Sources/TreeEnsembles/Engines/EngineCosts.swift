import CVectorPrimitives

/// What a row costs each kernel, computed from a forest's shape: the batch size from which blocks pay.
///
/// The model is a sum over the parts of the work with one constant per part. Only ratios matter, and an error moves the
/// crossover by a few rows, around which both ways cost the same.
///
/// - Units: nanoseconds.
/// - Source: fitted to the benchmark's nine models, one row and blocks of 64, on AMD Zen 5, compiler 6.3.1.
struct EngineCosts {
    /// One row, by the cheapest way.
    let row: Double
    /// The smallest block, which costs about the same for each number of rows up to its 64.
    let block: Double
    /// Whether walking the nodes of a tree is cheaper for one row than answering all questions first, of a forest whose
    /// rows do not go by ranks.
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
            rankedRows == nil
            && (!layout.servesRows || !isOblivious && Double(answeredBytes) > 0.75 * Double(walkedBytes))
        if let rankedRows {
            let constants = RankedRowConstants.of(instructionSet)
            row =
                Double(rankedRows.columnCount) * constants.column + Double(ensemble.treeCount) * constants.tree
                + Double(rankedRows.answerWordCount) * constants.word + Double(rankedRows.blockCount) * constants.block
        } else if rowsAreWalked {
            row = levels * 0.8
        } else {
            row = levels * (isOblivious ? 0.42 : 0.66) + Double(layout.vectorColumns.count) * 0.47
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
            case .baseline: BlockConstants(condition: 1.7, select: 0.66, freeNode: 1.6, tree: 30)
            case .v3: BlockConstants(condition: 0.3, select: 0.33, freeNode: 1.1, tree: 32)
            case .v4, .vbmi: BlockConstants(condition: 0.2, select: 0.35, freeNode: 0.8, tree: 18)
            }
        }
    }

    /// Rows from which a block is cheaper than as many single rows; at most those of the smallest block.
    var smallestBlockRowCount: Int {
        let ratio = block / max(row, 1)
        return Int(min(max(ratio.rounded(.up), 2), 64))
    }
}
