import LinuxSystem

/// The memory of one thread that walks trees.
final class TraversalScratch: TreeScratch {
    /// The columns of the row in work.
    let columns: AlignedArray<Float>
    /// The leaf of every tree for the row in work.
    let leaves: AlignedArray<UInt32>
    /// Sums of the row in work, one per margin.
    var sums: AlignedArray<Double>
    /// The columns of the block in work, row by row.
    let blockColumns: AlignedArray<Float>
    /// The leaves of one tree for the block in work.
    let blockLeaves: AlignedArray<UInt32>
    /// Sums of the block in work, margin by margin, as float32 or float64.
    let blockSums: AlignedArray<Double>

    init(of engine: TraversalEngine) {
        // A leaf tests column 0, also in a forest without any column.
        let columnCount = max(engine.columns.count, 1)
        columns = AlignedArray(count: columnCount, repeating: 0)
        leaves = AlignedArray(count: engine.treeCount, repeating: 0)
        sums = AlignedArray(count: engine.marginCount, repeating: 0)
        blockColumns = AlignedArray(count: engine.blockRowCapacity * columnCount, repeating: 0)
        blockLeaves = AlignedArray(count: engine.blockRowCapacity, repeating: 0)
        blockSums = AlignedArray(count: engine.blockRowCapacity * engine.marginCount, repeating: 0)
        super.init(of: engine)
    }
}
