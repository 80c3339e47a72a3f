// Leaf values of float32 forests, for instruction sets without shuffles of wide vectors.
import CVectorPrimitives

/// Position of byte `number` of a block's leaf numbers among its float32 sums; below 64, and repeated every 64.
package func floatSumPosition(ofByte number: Int) -> Int { number }

/// Arranges the leaf values of one tree for `addLeaves`.
package func packLeaves(_ values: UnsafePointer<Float>, count: Int, into packed: UnsafeMutableRawPointer) {
    // The caller has room for `count` values.
    unsafe packed.copyMemory(from: values, byteCount: count &* 4)
}

/// Adds the leaves of one to four trees to each row's float32 sum, in tree order.
@inline(__always)
func addLeaves(_ block: borrowing rowan_block, _ group: rowan_plane_group, to sums: UnsafeMutablePointer<Float>) {
    // The tables hold the group's trees, one behind the other.
    let tables = unsafe block.leaves.assumingMemoryBound(to: Float.self) + Int(group.first_leaf)
    unsafe addLeaves(block, group, tables, number: { $0 }, sums) { $0 += $1 }
}
