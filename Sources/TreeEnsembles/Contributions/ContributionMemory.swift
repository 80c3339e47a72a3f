import CVectorPrimitives
import LinuxSystem

/// The memory of a walk through one forest.
///
/// - Isolation: one thread at a time.
@safe
final class ContributionMemory {
    /// What it was made for; kept, because the block below holds addresses of its tables.
    let forest: ContributionForest
    /// The Shapley values of the block in work.
    ///
    /// - Shape: targets × rows of the block's vectors.
    var sums: AlignedArray<Double>
    /// Those of a run of trees.
    private let floatSums: AlignedArray<Float>
    private let columnValues: AlignedArray<UInt8>
    private let levelNodes: AlignedArray<UInt32>
    private let factors: AlignedArray<UInt8>
    private let levelValues: AlignedArray<UInt8>
    private let masks: AlignedArray<UInt8>
    /// Everything that the kernel needs, but for what `begin` and `run` set.
    private var block: rowan_shapley_block

    init(for forest: ContributionForest) {
        self.forest = forest
        let vectorCount = forest.vectorCount
        let levelCount = forest.levelCount
        // A vector has as many bytes whatever it holds.
        let vectorByteCount = forest.kernel(.float64).rowCount * MemoryLayout<Double>.stride
        let blockByteCount = vectorCount * vectorByteCount
        let maskByteCount = ContributionLanes.allCases.map { forest.kernel($0).maskByteCount }.max() ?? 0
        let tables = forest.tables.columnFeatures.count
        sums = AlignedArray(count: forest.targets.count * forest.blockRowCount(.float32), repeating: 0)
        floatSums = AlignedArray(count: forest.targets.count * forest.blockRowCount(.float32), repeating: 0)
        columnValues = AlignedArray(count: tables * blockByteCount, repeating: 0)
        levelNodes = AlignedArray(count: levelCount, repeating: 0)
        factors = AlignedArray(
            count: (levelCount + Int(rowan_twig_node_count)) * Int(rowan_level_factor_count)
                * MemoryLayout<Double>.stride + vectorByteCount, repeating: 0)
        levelValues = AlignedArray(
            count: levelCount * 3 * blockByteCount * forest.tables.walkPointCount, repeating: 0)
        masks = AlignedArray(count: levelCount * 3 * vectorCount * maskByteCount, repeating: 0)
        // The arrays are this object's, the tables the forest's, which it keeps. Rows are set before each call; nothing
        // is read from this address.
        unsafe block = rowan_shapley_block(
            rows: UnsafePointer(floatSums.unsafeAddress), feature_count: forest.featureCount, row_count: 0,
            vector_count: vectorCount, column_features: forest.tables.columnFeatures.unsafeAddress,
            kept_end: forest.tables.keptEnd, missing_high_end: forest.tables.missingHighEnd,
            column_count: forest.tables.columnFeatures.count, column_values: columnValues.unsafeAddress,
            fills_columns: true, nodes: forest.tables.nodes.unsafeAddress, steps: forest.tables.steps.unsafeAddress,
            trees: forest.tables.trees.unsafeAddress, tree_count: 0, points: forest.tables.points.unsafeAddress,
            walk_point_count: forest.tables.walkPointCount, level_nodes: levelNodes.unsafeAddress,
            factors: factors.unsafeAddress, level_count: levelCount, level_values: levelValues.unsafeAddress,
            masks: masks.unsafeAddress, sums: sums.unsafeAddress, sum_count: forest.targets.count)
    }

    /// Notes what the next runs are about.
    ///
    /// - Precondition: the rows stay where they are until the last run, and fit the vectors.
    func begin(_ rows: UnsafePointer<Float>?, rowCount: Int, vectorCount: Int, _ lanes: ContributionLanes) {
        // Without rows' values nothing is read from the address.
        if let rows = unsafe rows { unsafe block.rows = rows }
        // There is room for as many vectors as the forest has in a block.
        unsafe block.row_count = rowCount
        unsafe block.vector_count = vectorCount
        unsafe block.fills_columns = true
        // Floats are added to the doubles run by run.
        if lanes == .float32 {
            unsafe block.points = UnsafeRawPointer(forest.tables.floatPoints.unsafeAddress)
            unsafe block.sums = UnsafeMutableRawPointer(floatSums.unsafeAddress)
        } else {
            unsafe block.points = UnsafeRawPointer(forest.tables.points.unsafeAddress)
            unsafe block.sums = UnsafeMutableRawPointer(sums.unsafeAddress)
        }
    }

    /// Walks some trees.
    func run(_ kernel: KernelTable.ShapleyKernel, trees: Range<Int>) {
        // They are some of the forest's.
        unsafe block.trees = UnsafePointer(forest.tables.trees.unsafeAddress + trees.lowerBound)
        unsafe block.tree_count = trees.count
        unsafe kernel.compute(block)
        unsafe block.fills_columns = false
    }

    func clearSums(_ count: Int) {
        sums.withMutableSpan { sums in
            for index in 0..<count { sums[index] = 0 }
        }
    }

    /// Adds what a run has computed as floats.
    func addFloatSums(_ count: Int) {
        floatSums.withSpan { floats in
            sums.withMutableSpan { sums in
                precondition(count <= floats.count && count <= sums.count, "the sums of a block")
                for index in 0..<count { sums[index] += Double(floats[index]) }
            }
        }
    }
}
