import CVectorPrimitives
import LinuxSystem

/// The tables of the block kernel, which the engine keeps.
struct BitPlaneTables: ~Copyable, Sendable {
    /// First condition of every column, and the condition count.
    let conditionStarts: AlignedArray<UInt32>
    let thresholds: AlignedArray<Float>
    let searches: AlignedArray<rowan_rank_search>
    let searchTables: AlignedArray<Float>
    let groups: AlignedArray<rowan_plane_group>
    let planeOffsets: AlignedArray<UInt32>
    let freeNodes: AlignedArray<rowan_plane_node>
    /// Vectors of rows that a block keeps for the leaves and nodes of a group of free trees.
    let reachCount: Int
    /// Leaf values as the instruction set's kernel wants them.
    let leaves: AlignedArray<UInt64>
    /// The same thresholds, each column's filled up with NaN to whole vectors of sixteen, for the row kernel; like the
    /// arrays that follow empty if the row kernel cannot take the forest.
    let vectorThresholds: AlignedArray<Float>
    /// Column of each vector of thresholds.
    let vectorColumns: AlignedArray<UInt32>
    /// The row kernel's counterpart of `planeOffsets`.
    let answerPlaces: AlignedArray<UInt16>
    /// Leaf values in order, in the precision of sums; the other array is empty.
    let rowLeavesFloat: AlignedArray<Float>
    let rowLeavesDouble: AlignedArray<Double>

    var conditionCount: Int { thresholds.count }
    var vectorCount: Int { vectorColumns.count }
    var byteCount: Int {
        let block =
            conditionStarts.byteCount + thresholds.byteCount + searches.byteCount + searchTables.byteCount
            + groups.byteCount + planeOffsets.byteCount + freeNodes.byteCount + leaves.byteCount
        let row =
            vectorThresholds.byteCount + vectorColumns.byteCount + answerPlaces.byteCount + rowLeavesFloat.byteCount
            + rowLeavesDouble.byteCount
        return block + row
    }

    init(_ layout: BitPlaneLayout) {
        conditionStarts = AlignedArray(copying: layout.conditionStarts.span, filler: 0)
        thresholds = AlignedArray(copying: layout.thresholds.span, filler: 0)
        let ranks = RankSearchLayout(conditionStarts: layout.conditionStarts, thresholds: layout.thresholds)
        searches = AlignedArray(copying: ranks.searches.span, filler: rowan_rank_search())
        searchTables = AlignedArray(copying: ranks.tables.span, filler: .nan)
        groups = AlignedArray(copying: layout.groups.span, filler: rowan_plane_group())
        planeOffsets = AlignedArray(copying: layout.planeOffsets.span, filler: 0)
        freeNodes = AlignedArray(copying: layout.freeNodes.span, filler: rowan_plane_node())
        reachCount = layout.reachCount
        leaves = AlignedArray(copying: layout.leaves.span, filler: 0)
        vectorThresholds = AlignedArray(copying: layout.vectorThresholds.span, filler: .nan)
        vectorColumns = AlignedArray(copying: layout.vectorColumns.span, filler: 0)
        answerPlaces = AlignedArray(copying: layout.answerPlaces.span, filler: 0)
        rowLeavesFloat = AlignedArray(copying: layout.rowLeavesFloat.span, filler: 0)
        rowLeavesDouble = AlignedArray(copying: layout.rowLeavesDouble.span, filler: 0)
    }
}
