// Leaf values of float64 forests, for instruction sets whose permutes cannot hold a table of them.
import CVectorPrimitives

/// Position of byte `number` of a block's leaf numbers among its float64 sums.
package func doubleSumPosition(ofByte number: Int) -> Int { number }

/// Arranges the leaf values of one tree for `addLeaves`.
package func packLeaves(_ values: UnsafePointer<Double>, count: Int, into packed: UnsafeMutableRawPointer) {
    // The caller has room for `count` values.
    unsafe packed.copyMemory(from: values, byteCount: count &* 8)
}

/// Adds the leaves of one to four trees to each row's float64 sum, in tree order.
@inline(__always)
func addLeaves(_ block: borrowing rowan_block, _ group: rowan_plane_group, to sums: UnsafeMutablePointer<Double>) {
    // The tables hold the group's trees, one behind the other.
    let tables = unsafe block.leaves.assumingMemoryBound(to: Double.self) + Int(group.first_leaf)
    unsafe addLeaves(block, group, tables, number: { $0 }, sums) { $0 += $1 }
}
