// A block of rows through the whole forest: columns, conditions, leaf numbers, sums.
package import CVectorPrimitives

/// Rows that one block can hold with this instruction set.
package var blockRowCapacity: Int { Int(rowan_plane_bit_count) }

/// Adds every tree's leaves to the float32 sums of a block of rows.
@inline(never)
package func evaluateBlockFloat(_ block: borrowing rowan_block) {
    unsafe fillColumns(block)
    unsafe storeConditions(block)
    for index in unsafe 0..<block.group_count {
        // The engine checked that groups, offsets, leaves and sums belong together.
        let group = unsafe block.groups[index]
        unsafe storeLeaves(block, of: block.groups + index)
        let sums = unsafe block.sums.assumingMemoryBound(to: Float.self)
        unsafe addLeaves(block, group, to: sums + Int(group.margin) &* block.row_capacity)
    }
}

/// Adds every tree's leaves to the float64 sums of a block of rows.
@inline(never)
package func evaluateBlockDouble(_ block: borrowing rowan_block) {
    unsafe fillColumns(block)
    unsafe storeConditions(block)
    for index in unsafe 0..<block.group_count {
        // The engine checked that groups, offsets, leaves and sums belong together.
        let group = unsafe block.groups[index]
        unsafe storeLeaves(block, of: block.groups + index)
        let sums = unsafe block.sums.assumingMemoryBound(to: Double.self)
        unsafe addLeaves(block, group, to: sums + Int(group.margin) &* block.row_capacity)
    }
}

/// Writes the leaf numbers of a group's trees.
///
/// It is not private and takes the group by address: otherwise the compiler gives the linker leave to merge it.
@inline(never)
func storeLeaves(_ block: borrowing rowan_block, of address: UnsafePointer<rowan_plane_group>) {
    let group = unsafe address.pointee
    // A register is as wide as the block has rows.
    let vectorRowCount = Int(rowan_plane_bit_count)
    switch unsafe block.row_capacity {
    case 64: unsafe storeLeaves(block, group, LowWord.self)
    case 128 where vectorRowCount > 128: unsafe storeLeaves(block, group, SIMD2<UInt64>.self)
    case 256 where vectorRowCount > 256: unsafe storeLeaves(block, group, SIMD4<UInt64>.self)
    default: unsafe storeLeaves(block, group, VectorPlane.self)
    }
}

@inline(__always)
private func storeLeaves<Plane: RowPlane>(_ block: borrowing rowan_block, _ group: rowan_plane_group, _: Plane.Type) {
    // Numbers are compared, because the witness of the enumeration's `==` would be a function that all instruction sets
    // share.
    let shape = group.shape.rawValue
    if shape == rowan_plane_free.rawValue { return unsafe storeFreeLeaves(block, group, Plane.self) }
    let isOblivious = shape == rowan_plane_oblivious.rawValue
    let offsetCount = isOblivious ? Int(group.depth) : 1 << Int(group.depth)
    for tree in 0..<Int(group.tree_count) {
        // The group's trees stand one behind the other in the tables, and there is room for four trees' numbers.
        let offsets = unsafe block.plane_offsets + (Int(group.first_place) &+ tree &* offsetCount)
        let planes = unsafe TreePlanes<Plane>(planes: block.planes, offsets: offsets)
        let out = unsafe LeafBytes<Plane>(bytes: block.leaf_numbers + tree &* 8 &* Plane.byteCount)
        if isOblivious {
            storeObliviousLeaves(planes, depth: group.depth, into: out)
        } else {
            storePerfectLeaves(planes, depth: group.depth, into: out)
        }
    }
}
