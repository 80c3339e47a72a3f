// Leaf values added row by row, for instruction sets whose permutes cannot hold a table of leaves.
import CVectorPrimitives

/// Position of byte `number` of a block's leaf numbers among its float32 sums; below 64, and repeated every 64.
package func floatSumPosition(ofByte number: Int) -> Int { number }

/// Position of byte `number` of a block's leaf numbers among its float64 sums.
package func doubleSumPosition(ofByte number: Int) -> Int { number }

/// Arranges the leaf values of one tree for `addLeaves`.
package func packLeaves(_ values: UnsafePointer<Float>, count: Int, into packed: UnsafeMutableRawPointer) {
    // The caller has room for `count` values.
    unsafe packed.copyMemory(from: values, byteCount: count &* 4)
}

/// Arranges the leaf values of one tree for `addLeaves`.
package func packLeaves(_ values: UnsafePointer<Double>, count: Int, into packed: UnsafeMutableRawPointer) {
    // The caller has room for `count` values.
    unsafe packed.copyMemory(from: values, byteCount: count &* 8)
}

/// Adds the leaves of one to four trees to each row's float32 sum, in tree order.
@inline(__always)
func addLeaves(_ block: borrowing rowan_block, _ group: rowan_plane_group, to sums: UnsafeMutablePointer<Float>) {
    // The tables hold the group's trees, one behind the other.
    let tables = unsafe block.leaves.assumingMemoryBound(to: Float.self) + Int(group.first_leaf)
    unsafe addLeaves(block, group, tables) { position, value in unsafe sums[position] += value }
}

/// Adds the leaves of one to four trees to each row's float64 sum, in tree order.
@inline(__always)
func addLeaves(_ block: borrowing rowan_block, _ group: rowan_plane_group, to sums: UnsafeMutablePointer<Double>) {
    // The tables hold the group's trees, one behind the other.
    let tables = unsafe block.leaves.assumingMemoryBound(to: Double.self) + Int(group.first_leaf)
    unsafe addLeaves(block, group, tables) { position, value in unsafe sums[position] += value }
}

@inline(__always)
private func addLeaves<Value>(
    _ block: borrowing rowan_block, _ group: rowan_plane_group, _ tables: UnsafePointer<Value>,
    _ add: (_ position: Int, _ value: Value) -> Void
) {
    let leafCount = max(1 << Int(group.depth), 16)
    for tree in 0..<Int(group.tree_count) {
        // Leaf numbers are below the tree's leaf count and there is one per row.
        let table = unsafe tables + tree &* leafCount
        let numbers = unsafe block.leaf_numbers + tree &* block.row_capacity
        for position in unsafe 0..<block.row_capacity {
            unsafe add(position, table[Int(numbers[position])])
        }
    }
}
