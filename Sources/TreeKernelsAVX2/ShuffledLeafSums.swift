// Leaf values of float32 forests looked up by shuffles of bytes.
//
// A tree's values are kept as four tables of bytes, the lowest bytes of all leaves first. A shuffle reads sixteen bytes
// of a table for 32 rows; a tree of 64 leaves takes four for each table, of which all but one read zero. Unpacks join
// the four bytes of a value. From 128 leaves on, loads value by value are cheaper.
//
// What limits it: for 64 leaves some 52 instructions for 32 rows, 24 of them shuffles and unpacks.
import CVectorPrimitives

/// Leaves up to which values are kept as tables of bytes.
private let shuffledLeafLimit = 64

/// Position of byte `number` of a block's leaf numbers among its float32 sums; below 64, and repeated every 64.
package func floatSumPosition(ofByte number: Int) -> Int {
    // Unpacks work within halves: eight sums are four rows of the lower half and four of the upper.
    let byte = number % 32
    return number - byte + byte % 16 / 4 * 8 + byte / 16 * 4 + byte % 4
}

/// The byte whose sum is at a position: the inverse of `floatSumPosition`.
@inline(__always)
private func byteNumber(ofPosition position: Int) -> Int {
    (position & ~31) | (position & 4) &<< 2 | (position & 24) &>> 1 | position & 3
}

/// Arranges the leaf values of one tree for `addLeaves`.
package func packLeaves(_ values: UnsafePointer<Float>, count: Int, into packed: UnsafeMutableRawPointer) {
    guard count <= shuffledLeafLimit else {
        // The caller has room for `count` values.
        unsafe packed.copyMemory(from: values, byteCount: count &* 4)
        return
    }
    for index in 0..<count {
        // As above.
        let bits = unsafe values[index].bitPattern
        for byte in 0..<4 {
            unsafe packed.storeBytes(
                of: UInt8(truncatingIfNeeded: bits &>> UInt32(8 &* byte)), toByteOffset: byte &* count &+ index,
                as: UInt8.self)
        }
    }
}

/// Adds the leaves of one to four trees to each row's float32 sum, in tree order.
@inline(__always)
func addLeaves(_ block: borrowing rowan_block, _ group: rowan_plane_group, to sums: UnsafeMutablePointer<Float>) {
    // Inlined with a constant depth, a lookup is a straight line of shuffles; the tables hold the group's trees, one
    // behind the other.
    switch group.depth {
    case 5: unsafe addShuffledLeaves(block, group, leafCount: 32, to: sums)
    case 6: unsafe addShuffledLeaves(block, group, leafCount: 64, to: sums)
    case 7, 8:
        let tables = unsafe block.leaves.assumingMemoryBound(to: Float.self) + Int(group.first_leaf)
        unsafe addLeaves(block, group, tables, number: byteNumber, sums) { $0 += $1 }
    default: unsafe addShuffledLeaves(block, group, leafCount: 16, to: sums)
    }
}

@inline(__always)
private func addShuffledLeaves(
    _ block: borrowing rowan_block, _ group: rowan_plane_group, leafCount: Int, to sums: UnsafeMutablePointer<Float>
) {
    let tables = unsafe block.leaves.assumingMemoryBound(to: UInt8.self) + 4 &* Int(group.first_leaf)
    var position = 0
    while unsafe position < block.row_capacity {
        // Sums, numbers and tables are as long as the engine checked.
        let out = unsafe sums + position
        var s0 = unsafe rowan_floats_load(out)
        var s1 = unsafe rowan_floats_load(out + 8)
        var s2 = unsafe rowan_floats_load(out + 16)
        var s3 = unsafe rowan_floats_load(out + 24)
        for tree in 0..<Int(group.tree_count) {
            let numbers = unsafe rowan_plane_load(block.leaf_numbers + (tree &* block.row_capacity &+ position))
            let index = LeafIndex(numbers, leafCount: leafCount)
            let table = unsafe tables + 4 &* tree &* leafCount
            let (b0, b1) = unsafe (index.look(table), index.look(table + leafCount))
            let (b2, b3) = unsafe (index.look(table + 2 &* leafCount), index.look(table + 3 &* leafCount))
            let (low0, low1) = (rowan_pairs_low(b0, b1), rowan_pairs_high(b0, b1))
            let (high0, high1) = (rowan_pairs_low(b2, b3), rowan_pairs_high(b2, b3))
            s0 = rowan_floats_add_low(s0, low0, high0)
            s1 = rowan_floats_add_high(s1, low0, high0)
            s2 = rowan_floats_add_low(s2, low1, high1)
            s3 = rowan_floats_add_high(s3, low1, high1)
        }
        unsafe rowan_floats_store(out, s0)
        unsafe rowan_floats_store(out + 8, s1)
        unsafe rowan_floats_store(out + 16, s2)
        unsafe rowan_floats_store(out + 24, s3)
        position &+= 32
    }
}

/// Leaf numbers made ready for tables of 16, 32 or 64 bytes.
private struct LeafIndex {
    private let i0: rowan_plane
    private let i1: rowan_plane
    private let i2: rowan_plane
    private let i3: rowan_plane
    private let leafCount: Int

    @inline(__always)
    init(_ numbers: rowan_plane, leafCount: Int) {
        self.leafCount = leafCount
        // Numbers of sixteen leaves have no bits that a shuffle would mind.
        i0 = leafCount > 16 ? rowan_index_from(numbers, 0) : numbers
        i1 = leafCount > 16 ? rowan_index_from(numbers, 16) : numbers
        i2 = leafCount > 32 ? rowan_index_from(numbers, 32) : numbers
        i3 = leafCount > 32 ? rowan_index_from(numbers, 48) : numbers
    }

    /// The bytes of a table at the numbers.
    @inline(__always)
    func look(_ table: UnsafePointer<UInt8>) -> rowan_plane {
        // The table has as many bytes as there are leaves.
        var bytes = unsafe rowan_look_up_bytes(i0, table)
        if leafCount > 16 { unsafe bytes = rowan_plane_or(bytes, rowan_look_up_bytes(i1, table + 16)) }
        if leafCount > 32 {
            let high = unsafe rowan_plane_or(
                rowan_look_up_bytes(i2, table + 32), rowan_look_up_bytes(i3, table + 48))
            bytes = rowan_plane_or(bytes, high)
        }
        return bytes
    }
}
