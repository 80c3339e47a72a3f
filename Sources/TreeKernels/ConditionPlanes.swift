// Conditions of the whole forest for a block of rows, one bit per row.
//
// Trees of one forest ask few different questions: a hundred trees of 63 nodes share some two thousand pairs of column
// and threshold. Each pair is compared once per block, four rows per instruction; masks of sixteen rows are packed and
// stored and are the plane. Limit: four compares, three packs and one store per pair and sixteen rows.
import CVectorPrimitives

/// Stores the plane of every condition, and a plane of zeros behind them.
@inline(__always)
func storeConditions(_ block: borrowing rowan_block) {
    let planeByteCount = unsafe block.row_capacity / 8
    let stride = unsafe columnStride(block.row_capacity)
    // The engine checked that there are planes for all conditions and one more, and room for a vector behind them.
    var plane = unsafe block.planes
    for column in unsafe 0..<block.columns.count {
        let values = unsafe UnsafePointer(block.column_values) + column &* stride
        let conditions = unsafe block.condition_starts[column]..<block.condition_starts[column &+ 1]
        for condition in conditions {
            let threshold = unsafe block.thresholds[Int(condition)]
            var row = 0
            while unsafe row < block.row_capacity {
                unsafe rowan_store_at_least(plane + row / 8, values + row, threshold)
                row &+= 64
            }
            unsafe plane += planeByteCount
        }
    }
    unsafe rowan_plane_store(plane, rowan_plane_bytes(0))
}
