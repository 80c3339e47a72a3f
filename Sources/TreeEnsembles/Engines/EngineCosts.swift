import CVectorPrimitives

/// What a row costs each kernel, computed from a forest's shape: the batch size from which blocks pay.
///
/// The model is a sum over the parts of the work with one constant per part. Only ratios matter, and an error moves the
/// crossover by a few rows, around which both ways cost the same.
///
/// - Units: nanoseconds.
/// - Source: measured with `Benchmarks` on the three sample models on Intel Cascade Lake, compiler 6.3.1; the constants
///   of ranks, for single rows and for a block's conditions, are estimates from such runs on AMD Zen 5.
struct EngineCosts {
    /// One row, by the cheapest way.
    let row: Double
    /// The smallest block, which costs about the same for each number of rows up to its 64.
    let block: Double
    /// Whether walking the nodes of a tree is cheaper for one row than answering all questions first.
    let rowsAreWalked: Bool

    /// Estimates the costs of a forest.
    init(
        _ layout: BitPlaneLayout, rankedRows: RankedRows?, of ensemble: TreeEnsemble,
        instructionSet: InstructionSet
    ) {
        let isOblivious = ensemble.form == .oblivious
        var levels = 0.0
        var selects = 0.0
        for group in layout.groups {
            levels += Double(group.tree_count * group.depth)
            if !isOblivious { selects += Double(group.tree_count) * Double(1 << group.depth) }
        }
        // Walks touch sixteen bytes per node, the row kernel two per node of the padded tree; both read leaves. Where
        // padding has eaten the difference, the walk is faster.
        let leafByteCount = ensemble.sumPrecision == .float32 ? 4 : 8
        let answeredBytes =
            layout.answerPlaces.count * 2 + layout.leaves.count * 8 + layout.vectorThresholds.count * 4
        let walkedBytes = ensemble.nodeCount * 16 + ensemble.leafCount * leafByteCount
        rowsAreWalked = !isOblivious && Double(answeredBytes) > 0.75 * Double(walkedBytes)
        if let rankedRows {
            row =
                Double(ensemble.treeCount) * 1.5 + Double(rankedRows.wordCount) * 1.5 + Double(rankedRows.columnCount)
                * 3
        } else if rowsAreWalked {
            row = levels * 1.7
        } else {
            row = levels * (isOblivious ? 0.9 : 1.4) + Double(layout.vectorColumns.count)
        }
        let (condition, select, tree) = instructionSet >= .v4 ? (0.5, 0.8, 37.0) : (3.6, 1.4, 63.0)
        block = Double(layout.thresholds.count) * condition + selects * select + Double(ensemble.treeCount) * tree
    }

    /// Rows from which a block is cheaper than as many single rows; at most those of the smallest block.
    var smallestBlockRowCount: Int {
        let ratio = block / max(row, 1)
        return Int(min(max(ratio.rounded(.up), 2), 64))
    }
}
