import CVectorPrimitives
import LinuxSystem

/// The memory that one thread needs to explain rows of one forest.
///
/// Its contents mean nothing between two calls.
///
/// - Isolation: one thread at a time.
@safe
package final class ContributionScratch {
    /// What it was made for; kept, because the block below holds addresses of its tables.
    let evaluator: ContributionEvaluator
    /// Rows as the kernel takes them, where they need to be translated.
    var translated: AlignedArray<Float>
    /// The Shapley values of the block in work.
    ///
    /// - Shape: sums × rows of a block; of oblivious trees rows × sums.
    var sums: AlignedArray<Double>
    /// What finds the leaves of oblivious trees, and where they are put.
    let treeScratch: TreeScratch?
    var leaves: AlignedArray<Int32>
    private let columnValues: AlignedArray<Double>
    private let levelNodes: AlignedArray<UInt32>
    private let factors: AlignedArray<Double>
    private let levelValues: AlignedArray<Double>
    private let masks: AlignedArray<UInt8>
    /// Everything that the kernel needs, but for the rows.
    var block: rowan_shapley_block

    init(of evaluator: ContributionEvaluator) {
        self.evaluator = evaluator
        let rowCount = evaluator.blockRowCount
        let vectorCount = rowCount / evaluator.kernels.shapleyVectorRowCount
        let levelCount = evaluator.levelCount
        let width = evaluator.kernelFeatureCount
        translated = AlignedArray(count: evaluator.translates ? rowCount * width : 0, repeating: 0)
        sums = AlignedArray(count: evaluator.targetCount * rowCount, repeating: 0)
        treeScratch = evaluator.oblivious?.engine.makeScratch()
        leaves = AlignedArray(count: (evaluator.oblivious?.engine.treeCount ?? 0) * rowCount, repeating: 0)
        columnValues = AlignedArray(count: evaluator.tables.columnFeatures.count * rowCount, repeating: 0)
        levelNodes = AlignedArray(count: levelCount, repeating: 0)
        factors = AlignedArray(count: levelCount * Int(rowan_level_factor_count), repeating: 0)
        levelValues = AlignedArray(
            count: levelCount * 3 * rowCount * evaluator.tables.walkPointCount, repeating: 0)
        masks = AlignedArray(
            count: levelCount * 3 * vectorCount * evaluator.kernels.shapleyMaskByteCount, repeating: 0)
        // The arrays are this object's, the tables the evaluator's, which it keeps; rows are set before each call.
        unsafe block = rowan_shapley_block(
            rows: UnsafePointer(translated.unsafeAddress), feature_count: width, row_count: 0,
            vector_count: vectorCount, column_features: evaluator.tables.columnFeatures.unsafeAddress,
            kept_end: evaluator.tables.keptEnd, missing_high_end: evaluator.tables.missingHighEnd,
            column_count: evaluator.tables.columnFeatures.count, column_values: columnValues.unsafeAddress,
            nodes: evaluator.tables.nodes.unsafeAddress, steps: evaluator.tables.steps.unsafeAddress,
            trees: evaluator.tables.trees.unsafeAddress, tree_count: evaluator.tables.trees.count,
            points: evaluator.tables.points.unsafeAddress,
            walk_point_count: evaluator.tables.walkPointCount, level_nodes: levelNodes.unsafeAddress,
            factors: factors.unsafeAddress, level_values: levelValues.unsafeAddress, masks: masks.unsafeAddress,
            sums: sums.unsafeAddress, sum_count: evaluator.targetCount)
    }
}
