import LinuxSystem

/// The memory that one thread needs to evaluate one engine.
///
/// Its contents mean nothing between two calls.
///
/// - Isolation: one thread at a time.
package final class TreeScratch {
    /// The columns of the row or block in work.
    var columns: AlignedArray<Float>
    /// The leaf of every tree for the row in work.
    var leaves: AlignedArray<UInt32>
    /// Sums per margin of a row or block, as float32 or float64.
    var sums: AlignedArray<Double>
    /// One plane per condition for the block in work.
    var planes: AlignedArray<UInt8>
    /// Leaf numbers of four trees for the block in work.
    var leafNumbers: AlignedArray<UInt8>

    init(columnValueCount: Int, treeCount: Int, sumCount: Int, planeByteCount: Int = 0, leafNumberCount: Int = 0) {
        columns = AlignedArray(count: columnValueCount, repeating: 0)
        leaves = AlignedArray(count: treeCount, repeating: 0)
        sums = AlignedArray(count: sumCount, repeating: 0)
        planes = AlignedArray(count: planeByteCount, repeating: 0)
        leafNumbers = AlignedArray(count: leafNumberCount, repeating: 0)
    }
}
